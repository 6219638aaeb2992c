import type { RunInput } from '../agent/service.ts'
import type { DecideCall } from '../agent/tool-calls.ts'
import { type HostErrorBody, HostError, toHostError } from '../core/errors.ts'
import type { AgentEvent, RunEnd } from '../core/events.ts'
import type { Logger } from '../core/logger.ts'
import type { EntryDraft } from '../sessions/entry.ts'
import type { Lease } from './lease.ts'
import type { RunEndState } from './run.ts'
import { createRunLogWriter } from './run-log-writer.ts'
import type { Stores } from './stores.ts'

export interface DriveOptions {
  stores: Pick<Stores, 'sessions' | 'runs'>
  run(input: RunInput): AsyncGenerator<AgentEvent>
  log: Logger
}

export interface DrivenRun {
  id: string
  input: RunInput
  /** Of the run. */
  lease: Lease
  /** Of its session. */
  session: Lease
  /** Cancels the run. */
  signal: AbortSignal
  /** What the stores know of the last entry so far; the next is its child. */
  head: string | null
  /** Gives the session to the next. */
  release(): Promise<void>
}

type RunEndEvent = Extract<AgentEvent, { type: 'run-end' }>

/**
 * Drives one run from its first event to its end: every message is durable before the run goes on, every tool's intent
 * before the tool is reached, and every event is in the log before anybody sees it. Never throws: a store that fails
 * ends the run, and the run is found lost once its lease runs out.
 */
export async function driveRun(driven: DrivenRun, options: DriveOptions): Promise<void> {
  const { lease, session, id } = driven
  const { runs } = options.stores
  const events = createRunLogWriter(runs, lease.claim)
  const entries = createEntries(driven, options)
  const signal = AbortSignal.any([driven.signal, lease.signal, session.signal])
  const decide = withIntents(driven, entries.add, entries.lastMessage)
  let failure: HostErrorBody | undefined
  try {
    for await (const event of options.run({ ...driven.input, runId: id, signal, decide })) {
      if (event.type === 'run-start') await runs.start(lease.claim(), event.model)
      if (event.type === 'error') failure = event.error
      if (event.type === 'message') await entries.add({ type: 'message', message: event.message })
      if (event.type === 'run-end') {
        await entries.end(event, failure)
        await driven.release()
      }
      await events.add(event)
      if (event.type === 'run-end') {
        await events.flush()
        await runs.end(lease.claim(), stateOf(event.reason), failure)
      }
    }
  } catch (error) {
    await giveUp(driven, options, error, events.flush)
  }
}

/** Adds what the run says to its session, one under the other. */
function createEntries(driven: DrivenRun, { stores }: DriveOptions) {
  let { head } = driven
  let lastMessage = ''
  async function append(bodies: readonly EntryDraft['body'][]): Promise<void> {
    const drafts = bodies.map((body, i) => ({ ...(i === 0 && { parentId: head }), runId: driven.id, body }))
    const added = await stores.sessions.append(driven.session.claim(), drafts)
    head = added.at(-1)?.id ?? head
  }
  return {
    /** Id of the assistant's last message, which made the calls that run now. */
    lastMessage: () => lastMessage,
    async add(body: EntryDraft['body']): Promise<void> {
      if (body.type === 'message' && body.message.role === 'assistant') lastMessage = body.message.id
      await append([body])
    },
    async end({ reason, usage, pending }: RunEndEvent, error: HostErrorBody | undefined): Promise<void> {
      const parked = pending?.length ? [{ type: 'pending' as const, messageId: lastMessage, calls: pending }] : []
      await append([...parked, { type: 'run-end', reason, ...(usage && { usage }), ...(error && { error }) }])
    },
  }
}

/** No tool is reached before its intent is durable, nor under a lease that is lost. */
function withIntents(
  { input, lease, session }: DrivenRun,
  add: (body: EntryDraft['body']) => Promise<void>,
  lastMessage: () => string,
): DecideCall {
  return async (call, tool) => {
    lease.signal.throwIfAborted()
    session.signal.throwIfAborted()
    const decision = (await input.decide?.(call, tool)) ?? { type: 'run' }
    if (decision.type !== 'run') return decision
    const idempotent = tool.annotations?.readOnlyHint === true || tool.annotations?.idempotentHint === true
    await add({ type: 'tool-intent', messageId: lastMessage(), call, idempotent })
    return decision
  }
}

const states: Partial<Record<RunEnd, RunEndState>> = { parked: 'parked', cancelled: 'cancelled', error: 'failed' }

/** A run that a limit ended is done: its last event says which. */
function stateOf(reason: RunEnd): RunEndState {
  return states[reason] ?? 'done'
}

/** Ends the run as well as it can be ended where its stores fail, or its lease is lost. */
async function giveUp(
  { id, lease, release }: DrivenRun,
  { stores, log }: DriveOptions,
  error: unknown,
  flush: () => Promise<void>,
): Promise<void> {
  const failure = toHostError(error)
  log.error({ err: error, run: id }, 'a run was given up')
  try {
    await flush()
    if (failure instanceof HostError) await stores.runs.end(lease.claim(), 'failed', failure.toBody())
    await release()
  } catch (again) {
    log.warn({ err: again, run: id }, 'a run that was given up could not be ended; it will be found lost')
  }
}
