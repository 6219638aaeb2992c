import type { RunInput } from '../agent/service.ts'
import { type HostErrorBody, HostError, toHostError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Logger } from '../core/logger.ts'
import { type EntryDraft, pathTo } from '../sessions/entry.ts'
import { type CallRules, createCallGate } from './call-gate.ts'
import type { ChatLog } from './chat-log/chat-log.ts'
import type { Lease } from './lease.ts'
import { toEndState } from './run.ts'
import { createRunLogWriter } from './run-log-writer.ts'
import type { Stores } from './stores.ts'

export interface DriveOptions {
  stores: Pick<Stores, 'sessions' | 'runs'>
  run(input: RunInput): AsyncGenerator<AgentEvent>
  log: Logger
  rules: CallRules
  chatLog: ChatLog
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
  /** Calls that have an intent already, and may run again under it. */
  repeated: ReadonlySet<string>
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
  const gate = createCallGate(driven, { ...entries, rules: options.rules })
  const { endpoint, messages } = driven.input
  const sessionId = session.claim().id
  const turn = options.chatLog.begin({ runId: id, sessionId, endpoint, messages })
  let failure: HostErrorBody | undefined
  try {
    for await (const event of options.run({ ...driven.input, runId: id, sessionId, signal, decide: gate.decide })) {
      turn.add(event)
      if (event.type === 'run-start') await runs.start(lease.claim(), event.model)
      if (event.type === 'error') failure = event.error
      if (event.type === 'tool-result') await gate.keep(event)
      if (event.type === 'message') await entries.add({ type: 'message', message: event.message })
      if (event.type === 'context-cut') await entries.cut(event)
      if (event.type === 'run-end') {
        await entries.end(event, failure)
        await driven.release()
      }
      await events.add(event)
      if (event.type === 'run-end') {
        await events.flush()
        await runs.end(lease.claim(), toEndState(event.reason), failure)
      }
    }
  } catch (error) {
    failure = toHostError(error).toBody()
    await giveUp(driven, options, error, events.flush)
  }
  turn.end(failure)
}

/** Adds what the run says to its session, one under the other. */
function createEntries(driven: DrivenRun, { stores }: DriveOptions) {
  let { head } = driven
  let lastMessage = driven.input.messages.findLast(({ role }) => role === 'assistant')?.id ?? ''
  let appended: Promise<void> = Promise.resolve()
  // Calls that run at once write at once, and each entry is to be the child of the one before.
  function append(bodies: readonly EntryDraft['body'][]): Promise<void> {
    appended = appended.then(() => appendNow(bodies))
    return appended
  }
  async function appendNow(bodies: readonly EntryDraft['body'][]): Promise<void> {
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
    /** Cuts are kept by the entries that have the messages. */
    async cut({ trimmed, summary }: Extract<AgentEvent, { type: 'context-cut' }>): Promise<void> {
      await appended
      const path = pathTo(await stores.sessions.entries(driven.session.claim().id), head ?? undefined)
      const entryOf = (id: string): number =>
        path.findIndex(({ body }) => body.type === 'message' && body.message.id === id)
      const through = summary && path[entryOf(summary.before) - 1]?.id
      await append([
        {
          type: 'cut',
          trimmed: trimmed.flatMap((id) => path[entryOf(id)]?.id ?? []),
          ...(summary && through !== undefined && { summary: { through, message: summary.message } }),
        },
      ])
    },
    async end({ reason, usage, pending }: RunEndEvent, error: HostErrorBody | undefined): Promise<void> {
      const parked = pending?.length ? [{ type: 'pending' as const, messageId: lastMessage, calls: pending }] : []
      await append([...parked, { type: 'run-end', reason, ...(usage && { usage }), ...(error && { error }) }])
    },
  }
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
