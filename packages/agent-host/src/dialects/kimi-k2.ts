import { defineNamedDialect } from './engine/named-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

/** `<|tool_call_begin|>functions.NAME:0<|tool_call_argument_begin|>{…}<|tool_call_end|>`: Moonshot Kimi K2. */
export const kimiK2 = defineNamedDialect({
  name: 'kimi_k2',
  models: [/kimi-?k2/],
  open: '<|tool_call_begin|>',
  close: ['<|tool_call_end|>'],
  header: /^\s*([^\s<]*[^\s<:\d][^\s<]*?)(?::\d+)?\s*<\|tool_call_argument_begin\|>\s*$/,
  others: [
    ...thinking('<think>', '</think>'),
    ...framing('<|tool_calls_section_begin|>', '<|tool_calls_section_end|>'),
  ],
  write: (calls) => {
    const written = calls.map(
      (call, index) =>
        `<|tool_call_begin|>functions.${call.name}:${index}<|tool_call_argument_begin|>${call.arguments || '{}'}<|tool_call_end|>`,
    )
    return `<|tool_calls_section_begin|>${written.join('')}<|tool_calls_section_end|>`
  },
})
