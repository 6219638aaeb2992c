import { bareJson } from './bare-json.ts'
import { CallClosing } from './engine/call-end.ts'
import { defineDialect } from './engine/define-dialect.ts'
import { readJsonCalls } from './engine/json-calls.ts'
import { thinking } from './engine/thinking.ts'
import { toJsonCall } from './engine/write-json.ts'
import { modelPattern } from './model-pattern.ts'

const open = '<tool_call>'
const close = '</tool_call>'
const closing = new CallClosing({ closers: [close], followers: [open], certain: false })

/** `<tool_call>{"name": …, "arguments": …}</tool_call>`: Hermes 2 and 3, Qwen2.5, QwQ, Qwen3 (not Coder) and others. */
export const hermes = defineDialect({
  name: 'hermes',
  aliases: ['qwen', 'qwen25', 'granite4', 'trinity'],
  detects: modelPattern(
    /hermes-?[234]/,
    /^(?!.*deepseek).*(?:qwen-?2(?:\.5)?-|qwen-?2\.5|qwq|qwen-?3(?![.\d])(?!.*coder))/,
    /mimo-vl|reka-?edge|bielik.*v3|granite-?4|trinity/,
  ),
  grammar: {
    openers: [
      {
        marker: open,
        follows: ['{', '['],
        read: (turn, recording) => readJsonCalls(turn, recording, closing),
      },
      ...thinking('<think>', '</think>'),
    ],
    starts: [bareJson],
  },
  write: (calls) => calls.map((call) => `${open}\n${toJsonCall(call)}\n${close}`).join('\n'),
  promptTools: (tools) =>
    [
      '# Tools',
      '',
      'You may call one or more functions. Their signatures are within <tools></tools> XML tags:',
      '<tools>',
      ...tools.map((tool) => JSON.stringify({ type: 'function', function: tool })),
      '</tools>',
      '',
      `For each call, return a JSON object with the function's name and arguments within ${open}${close} XML tags:`,
      open,
      '{"name": <function-name>, "arguments": <args-json-object>}',
      close,
    ].join('\n'),
})
