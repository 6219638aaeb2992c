import { defineJsonDialect } from './engine/json-dialect.ts'
import { framing } from './engine/thinking.ts'

/** `<|function_call|>{…}`: Sber GigaChat 3. */
export const gigachat3 = defineJsonDialect({
  name: 'gigachat3',
  models: [/gigachat-?3/],
  open: ['<|function_call|>', 'function call<|role_sep|>'],
  close: ['<|message_sep|>'],
  special: true,
  several: 'each',
  others: framing('<|message_sep|>'),
})
