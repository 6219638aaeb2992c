import type { ToolCall } from '../../core/tool.ts'

/** A call as a JSON object, its arguments as they are. */
export function toJsonCall(call: ToolCall, argumentsKey = 'arguments'): string {
  return `{"name": ${JSON.stringify(call.name)}, "${argumentsKey}": ${call.arguments || '{}'}}`
}

/** An array of calls. */
export function toJsonArray(calls: readonly ToolCall[]): string {
  return `[${calls.map((call) => toJsonCall(call)).join(', ')}]`
}
