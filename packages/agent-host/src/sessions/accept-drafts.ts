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

/**
 * The entries as they will be stored.
 *
 * @throws HostError `call_started` or `not_found`; then nothing of the append may be kept.
 */
export function acceptDrafts(sessionId: string, drafts: readonly EntryDraft[], state: AppendState): Entry[] {
  const at = new Date().toISOString()
  const entries: Entry[] = []
  const started = new Set<string>()
  for (const { parentId = entries.at(-1)?.id ?? state.head, runId, body } of drafts) {
    if (parentId !== null && !state.ids.has(parentId) && !entries.some(({ id }) => id === parentId)) {
      throw noEntry(sessionId, parentId)
    }
    const key = intentKey(body)
    if (key !== undefined) {
      if (state.started.has(key) || started.has(key)) throw callStarted(sessionId, body)
      started.add(key)
    }
    entries.push({ id: createId('entry'), parentId, at, ...(runId !== undefined && { runId }), body })
  }
  return entries
}

function callStarted(sessionId: string, body: EntryDraft['body']): HostError {
  const call = body.type === 'tool-intent' ? `The call ${body.call.id} of ${body.call.name}` : 'The call'
  return new HostError('call_started', `${call} was started before in the session ${sessionId}.`)
}
