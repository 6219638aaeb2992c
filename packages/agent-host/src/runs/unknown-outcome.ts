import type { ToolCall } from '../core/tool.ts'
import type { Entry, EntryBody } from '../sessions/entry.ts'

/** What is said of a call whose process was lost: to the model, and to whoever follows the run. */
export const unknownOutcome =
  'The outcome of this call is unknown: it was started, and the process that ran it was lost before the result came. ' +
  'It may have taken effect.'

/** The calls that were started and have no result, oldest first. */
export function callsWithoutResult(entries: readonly Entry[]): ToolCall[] {
  return openIntents(entries).map(({ call }) => call)
}

/** Those of them that may be made again, as nothing changes by it. */
export function repeatableCalls(entries: readonly Entry[]): ToolCall[] {
  return openIntents(entries).flatMap(({ call, idempotent }) => (idempotent ? [call] : []))
}

type Intent = Extract<EntryBody, { type: 'tool-intent' }>

function openIntents(entries: readonly Entry[]): Intent[] {
  const open = new Map<string, Intent>()
  for (const { body } of entries) {
    if (body.type === 'tool-intent') open.set(body.call.id, body)
    if (body.type !== 'message') continue
    for (const part of body.message.parts) if (part.type === 'tool-result') open.delete(part.callId)
  }
  return [...open.values()]
}
