import { defineJsonDialect } from './engine/json-dialect.ts'

/** `<tool_calls>[…]</tool_calls>`: AI21 Jamba, ServiceNow Apriel. */
export const jamba = defineJsonDialect({
  name: 'jamba',
  models: [/jamba|apriel/],
  open: ['<tool_calls>'],
  close: ['</tool_calls>'],
  several: 'array',
})
