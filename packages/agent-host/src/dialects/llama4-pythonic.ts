import { definePythonDialect, promptPythonTools } from './engine/python-dialect.ts'
import { framing } from './engine/thinking.ts'
import { toPythonList } from './engine/write-python.ts'

const open = '<|python_start|>'
const close = '<|python_end|>'

/** `[get_weather(city='Tokyo')]`, bare or in `<|python_start|>…<|python_end|>`: Llama 4. */
export const llama4Pythonic = definePythonDialect({
  name: 'llama4_pythonic',
  families: 'Llama 4 Scout and Maverick',
  models: [/^(?!.*hermes).*(?<![a-z])llama-?4(?![.\da-z]|-?bit)/],
  markers: { open, close, special: true },
  others: framing(close),
  write: (calls) => `${open}${toPythonList(calls, "'")}${close}`,
  promptTools: (tools) => promptPythonTools(tools),
})
