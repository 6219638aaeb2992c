import { defineJsonDialect } from './engine/json-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

/** `<tool_calls>[…]</tool_calls>`, which counts only outside `<think>`: Tencent Hunyuan-A13B. */
export const hunyuanA13b = defineJsonDialect({
  name: 'hunyuan_a13b',
  families: 'Tencent Hunyuan-A13B',
  models: [/hunyuan-?a13b/],
  open: ['<tool_calls>'],
  close: ['</tool_calls>'],
  several: 'array',
  insideReasoning: false,
  others: [...thinking('<think>', '</think>'), ...framing('<answer>', '</answer>')],
})
