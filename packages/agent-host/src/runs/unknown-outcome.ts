import type { ToolCall } from '../core/tool.ts'
import type { Entry } from '../sessions/entry.ts'

/** What is said of a call whose process was lost: to the model, and to whoever follows the run. */
export const unknownOutcome =
  'The outcome of this call is unknown: it was started, and the process that ran it was lost before the result came. ' +
  'It may have taken effect.'

/** The calls that were started and have no result, oldest first. */
export function callsWithoutResult(entries: readonly Entry[]): ToolCall[] {
  const answered = new Set(
    entries.flatMap(({ body }) => {
      if (body.type !== 'message') return []
      return body.message.parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : []))
    }),
  )
  return entries.flatMap(({ body }) => (body.type === 'tool-intent' && !answered.has(body.call.id) ? [body.call] : []))
}
