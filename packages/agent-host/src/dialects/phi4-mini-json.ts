import { defineJsonDialect } from './engine/json-dialect.ts'

/** `functools[…]` without a closer: Microsoft Phi-4-mini, Firefunction v2. */
export const phi4MiniJson = defineJsonDialect({
  name: 'phi4_mini_json',
  models: [/phi-?4-mini|firefunction-?v2/],
  open: ['functools'],
  several: 'array',
})
