import { defineJsonDialect } from './engine/json-dialect.ts'
import { thinking } from './engine/thinking.ts'
import { toJsonCall } from './engine/write-json.ts'

/** `<|action_start|><|plugin|>{…}<|action_end|>`: InternLM 2 to 3, Intern-S1. */
export const internlm = defineJsonDialect({
  name: 'internlm',
  aliases: ['interns1'],
  families: 'InternLM 2 to 3, Intern-S1',
  models: [/internlm|intern-?s1/],
  open: ['<|action_start|>'],
  second: '<|plugin|>',
  close: ['<|action_end|>'],
  special: true,
  several: 'each',
  toJson: (call) => toJsonCall(call, 'parameters'),
  others: thinking('<think>', '</think>'),
})
