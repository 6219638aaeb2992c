import { HostError } from '../core/errors.ts'
import { createId } from '../core/ids.ts'
import { type Entry, type EntryDraft, intentKey } from './entry.ts'
import { noEntry } from './session.ts'

/** What of a session decides whether entries may be added. */
export interface AppendState {
  ids: ReadonlySet<string>
  /** The calls that have an intent, by {@link intentKey}. */
  started: ReadonlySet<string>
  head: string | null
}

/** Entries as they would be stored, and what has to be true of their session for that. */
export interface PreparedDrafts {
  entries: Entry[]
  /** The first entry follows the head of the session, which is not known here; its `parentId` is `null` until then. */
  followsHead: boolean
  /** Parents that the session must have. */
  parents: string[]
  /** The key of each entry's intent, where it is one: none may be there twice, nor be in the session. */
  intents: (string | undefined)[]
}

export function prepareDrafts(sessionId: string, drafts: readonly EntryDraft[]): PreparedDrafts {
  const at = new Date().toISOString()
  const entries: Entry[] = []
  const parents: string[] = []
  const intents: (string | undefined)[] = []
  for (const { parentId = entries.at(-1)?.id ?? null, runId, body } of drafts) {
    intents.push(intentKey(body))
    if (parentId !== null && !entries.some(({ id }) => id === parentId)) parents.push(parentId)
    entries.push({ id: createId('entry'), parentId, at, ...(runId !== undefined && { runId }), body })
  }
  return { entries, followsHead: drafts.length > 0 && drafts[0]?.parentId === undefined, parents, intents }
}

/**
 * The entries as they will be stored.
 *
 * @throws HostError `call_started` or `not_found`; then nothing of the append may be kept.
 */
export function acceptDrafts(sessionId: string, drafts: readonly EntryDraft[], state: AppendState): Entry[] {
  const { entries, followsHead, parents, intents } = prepareDrafts(sessionId, drafts)
  const missing = parents.find((id) => !state.ids.has(id))
  if (missing !== undefined) throw noEntry(sessionId, missing)
  const repeated = intents.findIndex(
    (key, i) => key !== undefined && (state.started.has(key) || intents.indexOf(key) < i),
  )
  if (repeated !== -1) throw callStarted(sessionId, drafts[repeated]?.body)
  return followsHead ? followHead(entries, state.head) : entries
}

/** The same entries, the first of them after the session's head. */
export function followHead(entries: readonly Entry[], head: string | null): Entry[] {
  return entries.map((entry, i) => (i === 0 ? { ...entry, parentId: head } : entry))
}

export function callStarted(sessionId: string, body: EntryDraft['body'] | undefined): HostError {
  const call = body?.type === 'tool-intent' ? `The call ${body.call.id} of ${body.call.name}` : 'The call'
  return new HostError('call_started', `${call} was started before in the session ${sessionId}.`)
}
