import type { ToolCall } from '../../core/tool.ts'

const numbered = /^functions\.\S+:\d+$/

/** Gives every call `functions.name:0`, counted over the conversation; those that have such an id keep it. */
export function createNumberedIds(calls: readonly ToolCall[]): (call: ToolCall) => string {
  const kept = new Map<string, ToolCall>()
  for (const call of calls) if (numbered.test(call.id) && !kept.has(call.id)) kept.set(call.id, call)
  const given = new Map<ToolCall, string>([...kept].map(([id, call]) => [call, id]))
  let next = 0
  for (const call of calls) {
    if (given.has(call)) continue
    while (kept.has(`functions.${call.name}:${next}`)) next++
    given.set(call, `functions.${call.name}:${next++}`)
  }
  return (call) => given.get(call) ?? call.id
}
