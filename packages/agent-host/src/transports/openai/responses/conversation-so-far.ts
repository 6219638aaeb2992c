import { HostError } from '../../../core/errors.ts'
import type { ToolCall } from '../../../core/tool.ts'
import { type Entry, pathTo } from '../../../sessions/entry.ts'
import type { SessionStore } from '../../../sessions/session-store.ts'
import type { CreateBody } from './create-request.ts'
import type { ResponseRecord } from './response-record.ts'

/** What a new Response goes on from. */
export interface SoFar {
  /** Absent for a conversation that begins. */
  sessionId?: string
  /** Absent where it goes on from the session's last entry, or begins. */
  parentId?: string
  path: readonly Entry[]
  /** The calls that were made in it, by id. */
  calls: ReadonlyMap<string, ToolCall>
  /** The calls that approval requests of the last Response were about, by the id of the request. */
  asked: ReadonlyMap<string, string>
}

export interface SoFarSources {
  sessions: Pick<SessionStore, 'entries'>
  /** The Response with this id, once it is over. @throws HostError `not_found` */
  finished(id: string, param: string): Promise<ResponseRecord>
  /** The session of a conversation. @throws HostError `not_found` */
  sessionOf(conversationId: string): Promise<string>
}

/** @throws HostError `not_found` for a Response or conversation that is not there. */
export async function conversationSoFar(
  { previous_response_id: previousId, conversation }: CreateBody,
  { sessions, finished, sessionOf }: SoFarSources,
): Promise<SoFar> {
  if (previousId != null) {
    const { sessionId, final } = await finished(previousId, 'previous_response_id')
    const parentId = final?.entryId
    if (parentId == null) {
      throw new HostError('invalid_request', `The response ${previousId} holds nothing to go on from.`, {
        details: { param: 'previous_response_id' },
      })
    }
    const path = pathTo(await sessions.entries(sessionId), parentId)
    return { sessionId, parentId, path, calls: callsIn(path), asked: new Map(final?.asked) }
  }
  if (conversation == null) return { path: [], calls: new Map(), asked: new Map() }
  const sessionId = await sessionOf(typeof conversation === 'string' ? conversation : conversation.id)
  const path = pathTo(await sessions.entries(sessionId))
  return { sessionId, path, calls: callsIn(path), asked: new Map() }
}

function callsIn(path: readonly Entry[]): Map<string, ToolCall> {
  const calls = path.flatMap(({ body }) => {
    if (body.type !== 'message') return []
    return body.message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []))
  })
  return new Map(calls.map((call) => [call.id, call]))
}
