import { defineJsonDialect } from './engine/json-dialect.ts'

/**
 * `functools[…]`: Microsoft Phi-4-mini, Firefunction v2. There is no closer, so a whole array is closed by a line break, a
 * word after a blank, the next call or the end of the message.
 */
export const phi4MiniJson = defineJsonDialect({
  name: 'phi4_mini_json',
  families: 'Microsoft Phi-4-mini, Firefunction v2',
  models: [/phi-?4-mini|firefunction-?v2/],
  open: ['functools'],
  several: 'array',
})
