import { defineJsonDialect } from './engine/json-dialect.ts'

/** `<|tool_call|> […]` without a closer: IBM Granite 3.0; from 3.1 on the marker is `<tool_call>`. */
export const granite = defineJsonDialect({
  name: 'granite',
  models: [/granite-?3/],
  open: ['<|tool_call|>', '<tool_call>'],
  several: 'array',
  space: ' ',
})
