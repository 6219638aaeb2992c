import { definePythonDialect } from './engine/python-dialect.ts'
import { thinking } from './engine/thinking.ts'
import { toPythonCall } from './engine/write-python.ts'

const open = '<function_calls>'
const close = '</function_calls>'

/** `<function_calls>` with one Python call per line: Olmo 3. */
export const olmo3 = definePythonDialect({
  name: 'olmo3',
  families: 'Ai2 Olmo 3 and 3.1',
  models: [/olmo-?3(?!\d)/],
  markers: { open, close },
  others: thinking('<think>', '</think>'),
  write: (calls) => `${open}${calls.map((call) => toPythonCall(call, "'")).join('\n')}${close}`,
})
