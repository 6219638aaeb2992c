import { defineJsonDialect } from './engine/json-dialect.ts'

/** `<tool_calls>[…]</tool_calls>`: AI21 Jamba, ServiceNow Apriel. */
export const jamba = defineJsonDialect({
  name: 'jamba',
  families: 'AI21 Jamba 1.5 and 1.6, ServiceNow Apriel',
  models: [/jamba|apriel/],
  open: ['<tool_calls>'],
  close: ['</tool_calls>'],
  several: 'array',
})
