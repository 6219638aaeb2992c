import { defineJsonDialect } from './engine/json-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

/** `<tool_call>{…}</tool_call>`, the answer in `<response>`: Baidu ERNIE 4.5. */
export const ernie45 = defineJsonDialect({
  name: 'ernie45',
  families: 'Baidu ERNIE 4.5 Thinking',
  models: [/ernie-?4\.?5/],
  open: ['<tool_call>'],
  close: ['</tool_call>'],
  several: 'each',
  space: '\n',
  others: [...thinking('<think>', '</think>'), ...framing('<response>', '</response>')],
})
