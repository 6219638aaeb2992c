import { defineJsonDialect } from './engine/json-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

/** `<|START_ACTION|>[{"tool_call_id": …, "tool_name": …, "parameters": …}]<|END_ACTION|>`: Cohere Command R7B and A. */
export const cohereCommand = defineJsonDialect({
  name: 'cohere_command3',
  aliases: ['cohere_command4'],
  families: 'Cohere Command R7B, Command A and North',
  models: [/command-?(?:r7b|a)(?![a-z])|c4ai-command-a/],
  open: ['<|START_ACTION|>'],
  close: ['<|END_ACTION|>'],
  special: true,
  several: 'array',
  newCallId: (index) => String(index),
  toJson: ({ id, name, arguments: args }, index) =>
    `{"tool_call_id": ${JSON.stringify(id || String(index))}, "tool_name": ${JSON.stringify(name)}, "parameters": ${args || '{}'}}`,
  others: [
    ...thinking('<|START_THINKING|>', '<|END_THINKING|>', true),
    ...framing('<|START_RESPONSE|>', '<|END_RESPONSE|>', '<|START_TEXT|>', '<|END_TEXT|>'),
  ],
})
