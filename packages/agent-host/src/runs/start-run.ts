import type { RunInput } from '../agent/service.ts'
import { HostError } from '../core/errors.ts'
import { type Message, toText } from '../core/message.ts'
import { type Entry, pathTo } from '../sessions/entry.ts'
import { type NewSession, noEntry } from '../sessions/session.ts'
import type { OnBusy } from './hold-session.ts'
import { toHistory } from './history.ts'
import type { Stores } from './stores.ts'
import { repeatableCalls } from './unknown-outcome.ts'

export interface StartRun extends Omit<RunInput, 'messages' | 'runId' | 'sessionId' | 'signal'> {
  /** Default: a new session. */
  sessionId?: string | undefined
  /** Make the session where there is none of this id. Default: that is an error. */
  createSession?: boolean | undefined
  /** The entry to go on from. Default: the last one of the session. */
  parentId?: string | undefined
  /** Refuse where the conversation went on from there already. Default: branch. */
  unlessContinued?: boolean | undefined
  /** What is said since; it is kept, unlike `instructions`. */
  messages: readonly Message[]
  /** Default: `queue`. */
  onBusy?: OnBusy | undefined
  /** Ends the wait for the session. It does not cancel the run. */
  signal?: AbortSignal | undefined
}

type Sessions = Pick<Stores['sessions'], 'get' | 'create' | 'entries' | 'append'>

/**
 * The id of the run's session, which is there from here on; a new one is named after what is said first.
 * @throws HostError `invalid_request` for what is no id.
 */
export async function openSession(
  sessions: Sessions,
  { sessionId, createSession, messages }: StartRun,
): Promise<string> {
  const title = toTitle(messages)
  if (sessionId === undefined) return (await sessions.create({ title })).id
  if (createSession === true && !(await sessions.get(sessionId))) await createOnce(sessions, { id: sessionId, title })
  return sessionId
}

/** Of two requests that come at once with a new id, one makes the session. */
async function createOnce(sessions: Sessions, session: NewSession): Promise<void> {
  try {
    await sessions.create(session)
  } catch (error) {
    if (!(error instanceof HostError && error.code === 'session_exists')) throw error
  }
}

const longestTitle = 60
const graphemes = new Intl.Segmenter()

/** The first words of the user. */
function toTitle(messages: readonly Message[]): string {
  const said = messages.find(({ role }) => role === 'user')
  const words = toText(said?.parts ?? [])
    .trim()
    .replaceAll(/\s+/g, ' ')
  if (words.length <= longestTitle) return words
  const characters = Array.from(graphemes.segment(words.slice(0, 4 * longestTitle)), ({ segment }) => segment)
  return `${characters
    .slice(0, longestTitle)
    .join('')
    .replace(/\s+\S{0,20}$/, '')}…`
}

/** What a run begins with: the whole conversation, and the entry that it goes on from. */
export interface Opening {
  input: RunInput
  head: string | null
  /** Those of the request's calls that were begun before, and may be begun again. */
  repeated: ReadonlySet<string>
}

/**
 * Adds the request's messages to the session, durably.
 * @throws HostError `not_found` for the session or the entry to go on from, `already_answered`, and what {@link Sessions.append} throws.
 */
export async function addMessages(
  sessions: Sessions,
  request: StartRun,
  claim: Parameters<Sessions['append']>[0],
  runId: string,
): Promise<Opening> {
  const { sessionId: _, createSession: __, parentId, unlessContinued, onBusy: ___, signal: ____, ...rest } = request
  const { messages, ...options } = rest
  const entries = await sessions.entries(claim.id)
  const path = pathTo(entries, parentId)
  if (parentId !== undefined && path.length === 0) throw noEntry(claim.id, parentId)
  if (unlessContinued === true && entries.some((entry) => entry.parentId === parentId)) {
    throw new HostError('already_answered', `The conversation ${claim.id} went on from the entry ${parentId} already.`)
  }
  const added = await sessions.append(claim, toDrafts(messages, path.at(-1)?.id ?? null, runId))
  const open = new Set(request.calls?.map(({ id }) => id))
  return {
    input: { ...options, messages: toHistory([...path, ...added], open) },
    head: added.at(-1)?.id ?? path.at(-1)?.id ?? null,
    repeated: new Set(repeatableCalls(path).flatMap(({ id }) => (open.has(id) ? [id] : []))),
  }
}

function toDrafts(messages: readonly Message[], parentId: Entry['parentId'], runId: string) {
  return messages.map((message, i) => ({
    ...(i === 0 && { parentId }),
    runId,
    body: { type: 'message' as const, message },
  }))
}
