import { defineGemmaDialect } from './engine/gemma-dialect.ts'
import { thinking } from './engine/thinking.ts'

const open = '<|tool_call>'
const close = '<tool_call|>'
const quote = '<|"|>'

/** `<|tool_call>call:get_weather{city:<|"|>Tokyo<|"|>}<tool_call|>`: Gemma 4. Its reasoning is a channel of its own. */
export const gemma4 = defineGemmaDialect({
  name: 'gemma4',
  families: 'Google Gemma 4',
  models: [/(?<![a-z])gemma-?4(?![.\db])/],
  open,
  close,
  quote,
  response: '<|tool_response>',
  others: thinking('<|channel>thought', '<channel|>', true),
  promptTools: (tools) =>
    [
      'You can call these functions:',
      ...tools.map((tool) => JSON.stringify(tool)),
      '',
      'To call one, write exactly this, keys without quotes and every string between two quote tokens:',
      `${open}call:function_name{text:${quote}a string${quote},count:1,list:[true,null]}${close}`,
      'Write nothing after the last call. Its result will be given to you.',
    ].join('\n'),
})
