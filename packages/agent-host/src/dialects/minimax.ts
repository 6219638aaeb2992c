import { defineJsonDialect } from './engine/json-dialect.ts'
import { thinking } from './engine/thinking.ts'

/** `<tool_calls>` with one JSON object a line: MiniMax-M1. */
export const minimax = defineJsonDialect({
  name: 'minimax',
  families: 'MiniMax-M1',
  models: [/minimax-?(?:m1|text-01)/],
  open: ['<tool_calls>'],
  close: ['</tool_calls>'],
  several: 'lines',
  space: '\n',
  others: thinking('<think>', '</think>'),
})
