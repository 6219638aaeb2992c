import { defineJsonDialect } from './engine/json-dialect.ts'
import { framing } from './engine/thinking.ts'

/**
 * `<|function_call|>{…}`: Sber GigaChat 3. Its closer is the token that ends every message, which servers leave out, so
 * white space closes a call as well.
 */
export const gigachat3 = defineJsonDialect({
  name: 'gigachat3',
  families: 'Sber GigaChat 3 and 3.1',
  models: [/gigachat-?3/],
  open: ['<|function_call|>', 'function call<|role_sep|>'],
  close: ['<|message_sep|>'],
  spaceCloses: true,
  special: true,
  several: 'each',
  others: framing('<|message_sep|>'),
})
