import { defineJsonDialect } from './engine/json-dialect.ts'

/**
 * `<|tool_call|> […]`: IBM Granite 3.0; from 3.1 on the marker is `<tool_call>`. There is no closer, so a whole array is
 * closed by a line break, a word after a blank, the next call or the end of the message.
 */
export const granite = defineJsonDialect({
  name: 'granite',
  families: 'IBM Granite 3.0 to 3.3',
  models: [/granite-?3/],
  open: ['<|tool_call|>', '<tool_call>'],
  several: 'array',
  space: ' ',
})
