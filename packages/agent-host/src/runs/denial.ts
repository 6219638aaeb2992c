import { createId } from '../core/ids.ts'
import type { Message } from '../core/message.ts'
import type { ToolCall } from '../core/tool.ts'

/** The result of a call that a person did not approve. */
export function toDenial({ id }: ToolCall, reason: string | undefined): Message {
  const text = `The user did not approve this call${reason === undefined ? '.' : `: ${reason}`}`
  const parts = [{ type: 'text' as const, text }]
  return { id: createId('msg'), role: 'tool', parts: [{ type: 'tool-result', callId: id, parts, isError: true }] }
}
