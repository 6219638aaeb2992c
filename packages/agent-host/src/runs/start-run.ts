import type { RunInput } from '../agent/service.ts'
import type { Message } from '../core/message.ts'
import { type Entry, pathTo } from '../sessions/entry.ts'
import { noEntry } from '../sessions/session.ts'
import type { OnBusy } from './hold-session.ts'
import { toHistory } from './history.ts'
import type { Stores } from './stores.ts'

export interface StartRun extends Omit<RunInput, 'messages' | 'runId' | 'signal'> {
  /** Default: a new session. */
  sessionId?: string | undefined
  /** Make the session where there is none of this id. Default: that is an error. */
  createSession?: boolean | undefined
  /** The entry to go on from. Default: the last one of the session. */
  parentId?: string | undefined
  /** What is said since; it is kept, unlike `instructions`. */
  messages: readonly Message[]
  /** Default: `queue`. */
  onBusy?: OnBusy | undefined
  /** Ends the wait for the session. It does not cancel the run. */
  signal?: AbortSignal | undefined
}

type Sessions = Pick<Stores['sessions'], 'get' | 'create' | 'entries' | 'append'>

/** The id of the run's session, which is there from here on. @throws HostError `invalid_request` for what is no id. */
export async function openSession(sessions: Sessions, { sessionId, createSession }: StartRun): Promise<string> {
  if (sessionId === undefined) return (await sessions.create()).id
  if (createSession === true && !(await sessions.get(sessionId))) await sessions.create({ id: sessionId })
  return sessionId
}

/** What a run begins with: the whole conversation, and the entry that it goes on from. */
export interface Opening {
  input: RunInput
  head: string | null
}

/**
 * Adds the request's messages to the session, durably.
 * @throws HostError `not_found` for the session or the entry to go on from, and what {@link Sessions.append} throws.
 */
export async function addMessages(
  sessions: Sessions,
  request: StartRun,
  claim: Parameters<Sessions['append']>[0],
  runId: string,
): Promise<Opening> {
  const { sessionId: _, createSession: __, parentId, onBusy: ___, signal: ____, messages, ...options } = request
  const path = pathTo(await sessions.entries(claim.id), parentId)
  if (parentId !== undefined && path.length === 0) throw noEntry(claim.id, parentId)
  const added = await sessions.append(claim, toDrafts(messages, path.at(-1)?.id ?? null, runId))
  const open = new Set(request.calls?.map(({ id }) => id))
  return {
    input: { ...options, messages: toHistory([...path, ...added], open) },
    head: added.at(-1)?.id ?? path.at(-1)?.id ?? null,
  }
}

function toDrafts(messages: readonly Message[], parentId: Entry['parentId'], runId: string) {
  return messages.map((message, i) => ({
    ...(i === 0 && { parentId }),
    runId,
    body: { type: 'message' as const, message },
  }))
}
