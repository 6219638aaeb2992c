import type { CreateBody } from './create-request.ts'
import { toInputItemId } from './item-id.ts'

const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
  reasoning: 'rs',
  mcp_approval_response: 'mcpa',
}

/** The items of a request as they are listed later, each with its type and an id. */
export function toListedInput(input: CreateBody['input'], responseId: string): Record<string, unknown>[] {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : (input ?? [])
  return items.map((value, index) => {
    const item = value as Record<string, unknown>
    const type = typeof item.type === 'string' ? item.type : 'role' in item ? 'message' : 'item_reference'
    const id = typeof item.id === 'string' ? item.id : toInputItemId(prefixes[type] ?? 'item', responseId, index)
    const listed = { status: 'completed', ...item, id, type }
    return type === 'message' ? { ...listed, content: toContentParts(item) } : listed
  })
}

function toContentParts({ role, content }: Record<string, unknown>): unknown {
  if (typeof content !== 'string') return content
  const part = { type: role === 'assistant' ? 'output_text' : 'input_text', text: content }
  return [role === 'assistant' ? { ...part, annotations: [] } : part]
}
