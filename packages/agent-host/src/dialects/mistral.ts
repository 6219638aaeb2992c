import { defineNamedDialect } from './engine/named-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

/**
 * `[TOOL_CALLS]NAME[ARGS]{…}`, with or without `[CALL_ID]…` and `[ARGS]`: Mistral from v11 on. The older ones write
 * `[TOOL_CALLS] [{"name": …, "arguments": …}]`.
 */
export const mistral = defineNamedDialect({
  name: 'mistral',
  models: [/^(?!.*hermes).*(?:mistral|mixtral|magistral|devstral|ministral|pixtral)/],
  open: '[TOOL_CALLS]',
  close: ['</s>'],
  header: /^\s*([^\s[\]]+)(?:\[CALL_ID\]\w*)?(?:\[ARGS\])?\s*$/,
  jsonToo: true,
  others: [...thinking('[THINK]', '[/THINK]', true), ...framing('</s>')],
  write: (calls) => calls.map((call) => `[TOOL_CALLS]${call.name}[ARGS]${call.arguments || '{}'}`).join(''),
})
