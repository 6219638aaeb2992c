import type { ToolCall } from '../core/tool.ts'
import { defineNamedDialect } from './engine/named-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

/**
 * `<|tool_call_begin|>functions.NAME:0<|tool_call_argument_begin|>{…}<|tool_call_end|>`: Moonshot Kimi K2. What stands
 * before the arguments is the call's id, whose number counts over the conversation. Where it is a number alone, only the
 * arguments can tell which tool was meant.
 */
export const kimiK2 = defineNamedDialect({
  name: 'kimi_k2',
  families: 'Moonshot Kimi K2, K2 Thinking and K2.5',
  models: [/kimi-?k2/],
  open: '<|tool_call_begin|>',
  close: ['<|tool_call_end|>'],
  header: /^\s*(?<id>(?<name>[^\s<]*[^\s<:\d][^\s<]*?)(?::\d+)?|\d+)\s*<\|tool_call_argument_begin\|>\s*$/,
  others: [
    ...thinking('<think>', '</think>'),
    ...framing('<|tool_calls_section_begin|>', '<|tool_calls_section_end|>'),
  ],
  newCallId: toId,
  write: (calls) => {
    const written = calls.map(
      (call, index) =>
        `<|tool_call_begin|>${idOf(call, index)}<|tool_call_argument_begin|>${call.arguments || '{}'}<|tool_call_end|>`,
    )
    return `<|tool_calls_section_begin|>${written.join('')}<|tool_calls_section_end|>`
  },
})

function toId(index: number, name: string): string {
  return `functions.${name}:${index}`
}

/** The call's own id where it names the tool, as the id is all that does. */
function idOf({ id, name }: ToolCall, index: number): string {
  const [, named = '', number = ''] = /^(?:(?:functions\.)?(.+):)?(\d+)$/s.exec(id) ?? []
  if (number === '' || (named !== '' && named !== name)) return toId(index, name)
  return named === '' ? `functions.${name}:${number}` : id
}
