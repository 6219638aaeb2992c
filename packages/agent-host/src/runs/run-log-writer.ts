import type { AgentEvent } from '../core/events.ts'
import type { Claim } from '../sessions/claim.ts'
import type { RunStore } from './run-store.ts'

/** Events are kept back no longer than this, in milliseconds, so that many become one write. */
const batchMs = 25

/** A store that is slower than the model is waited for once so many events are kept back. */
const mostHeld = 500

/** Writes a run's events to its log, in batches; readers see nothing that is not in the log. */
export interface RunLogWriter {
  /** @throws whatever the store failed with, also in a batch before. */
  add(event: AgentEvent): Promise<void>
  /** Resolves once everything is in the log. */
  flush(): Promise<void>
}

/** `last` is the number of the last event that is in the log already. */
export function createRunLogWriter(store: Pick<RunStore, 'append'>, claim: () => Claim, last = 0): RunLogWriter {
  let held: AgentEvent[] = []
  let next = last + 1
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let failure: Error | undefined
  let wroteAt = 0

  /** One at a time: what comes while the store is busy is the next batch, so that a slow store gets fewer and larger. */
  function write(): void {
    clearTimeout(timer)
    timer = undefined
    if (writing || failure || held.length === 0) return
    const events = held
    held = []
    wroteAt = performance.now()
    writing = writeNow(events).finally(() => {
      writing = undefined
      if (held.length > 0) schedule()
    })
  }

  async function writeNow(events: readonly AgentEvent[]): Promise<void> {
    const from = next
    next += events.length
    try {
      await store.append(claim(), from, events)
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
    }
  }

  /** The first event after a pause is not kept waiting. */
  function schedule(): void {
    timer ??= setTimeout(write, Math.max(0, wroteAt + batchMs - performance.now()))
  }

  async function flush(): Promise<void> {
    while (writing || held.length > 0) {
      if (failure) throw failure
      write()
      await writing
    }
    if (failure) throw failure
  }

  return {
    flush,
    async add(event) {
      if (failure) throw failure
      held.push(event)
      if (!writing) schedule()
      if (held.length >= mostHeld) await flush()
    },
  }
}
