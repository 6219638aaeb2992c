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
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let failure: Error | undefined
  let wroteAt = 0

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    if (held.length === 0) return
    const events = held
    const from = next
    held = []
    next += events.length
    writing = writing
      .then(() => store.append(claim(), from, events))
      .catch((error: unknown) => {
        failure ??= error instanceof Error ? error : new Error(String(error))
      })
    wroteAt = performance.now()
  }

  async function settle(): Promise<void> {
    await writing
    if (failure) throw failure
  }

  return {
    async add(event) {
      if (failure) throw failure
      held.push(event)
      // The first event after a pause is not kept waiting.
      timer ??= setTimeout(write, Math.max(0, wroteAt + batchMs - performance.now()))
      if (held.length < mostHeld) return
      write()
      await settle()
    },
    async flush() {
      write()
      await settle()
    },
  }
}
