import type { ToolCall } from '../core/tool.ts'
import { createCallId } from './call-ids.ts'
import { defineNamedDialect } from './engine/named-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

/**
 * `[TOOL_CALLS]NAME[ARGS]{…}`, with or without `[CALL_ID]…` and `[ARGS]`: Mistral from v11 on. The older ones write
 * `[TOOL_CALLS] [{"name": …, "arguments": …}]`. Its closer is the token that ends every message, which servers leave
 * out, so white space closes a call as well.
 */
export const mistral = defineNamedDialect({
  name: 'mistral',
  families: 'Mistral 7B v0.3 to Large 3: Nemo, Mixtral, Small, Magistral, Devstral, Ministral, Pixtral',
  models: [/^(?!.*hermes).*(?:mistral|mixtral|magistral|devstral|ministral|pixtral)/],
  open: '[TOOL_CALLS]',
  close: ['</s>'],
  spaceCloses: true,
  header: /^\s*(?<name>[^\s[\]]+)(?:\[CALL_ID\](?<id>\w*))?(?:\[ARGS\])?\s*$/,
  jsonToo: true,
  others: [...thinking('[THINK]', '[/THINK]', true), ...framing('</s>')],
  newCallId: () => createCallId('mistral'),
  write: (calls) => calls.map((call) => writeCall(call)).join(''),
})

/** An id that is none of Mistral's is left out, as its own templates refuse it. */
function writeCall({ id, name, arguments: args }: ToolCall): string {
  const written = /^[a-zA-Z0-9]{9}$/.test(id) ? `[CALL_ID]${id}` : ''
  return `[TOOL_CALLS]${name}${written}[ARGS]${args || '{}'}`
}
