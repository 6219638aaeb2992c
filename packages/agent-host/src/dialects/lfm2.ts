import { definePythonDialect, promptPythonTools } from './engine/python-dialect.ts'
import { thinking } from './engine/thinking.ts'
import { toPythonList } from './engine/write-python.ts'

const open = '<|tool_call_start|>'
const close = '<|tool_call_end|>'

/** `<|tool_call_start|>[get_weather(city="Tokyo")]<|tool_call_end|>`: Liquid's LFM2; LFM2.5 may write JSON there. */
export const lfm2 = definePythonDialect({
  name: 'lfm2',
  families: 'Liquid LFM2 and LFM2.5',
  models: [/lfm-?2(?!\d)/],
  markers: { open, close, special: true },
  others: thinking('<think>', '</think>'),
  write: (calls) => `${open}${toPythonList(calls, '"')}${close}`,
  promptTools: (tools) => promptPythonTools(tools, open, close),
})
