import { defineJsonDialect } from './engine/json-dialect.ts'
import { thinking } from './engine/thinking.ts'
import { toolsBlock } from './tools-block.ts'

const open = '<tool_call>'
const close = '</tool_call>'

/** `<tool_call>{"name": …, "arguments": …}</tool_call>`: Hermes 2 and 3, Qwen2.5, QwQ, Qwen3 (not Coder) and others. */
export const hermes = defineJsonDialect({
  name: 'hermes',
  aliases: ['qwen', 'qwen25', 'granite4', 'trinity'],
  families: 'Hermes 2 to 4, Qwen2.5, QwQ, Qwen3 other than Coder, MiMo-VL, Reka Edge, Bielik 3, Granite 4, Trinity',
  models: [
    /hermes-?[234]/,
    /^(?!.*deepseek).*(?:qwen-?2(?:\.5)?-|qwen-?2\.5|qwq|qwen-?3(?![.\d])(?!.*coder))/,
    /mimo-vl|reka-?edge|bielik.*v3|granite-?4|trinity/,
  ],
  open: [open],
  close: [close],
  several: 'each',
  space: '\n',
  others: thinking('<think>', '</think>'),
  promptTools: (tools) =>
    [
      toolsBlock(tools),
      `For each call, return a JSON object with the function's name and arguments within ${open}${close} XML tags:`,
      open,
      '{"name": <function-name>, "arguments": <args-json-object>}',
      close,
    ].join('\n'),
})
