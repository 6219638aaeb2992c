import type { Rung } from '../core/events.ts'
import type { ToolSpec } from '../core/tool.ts'
import type { ChatRequest } from './model-server.ts'

/**
 * Tools as the fields of a request on this rung. No tools gives no fields, as vLLM and others answer 400 to an
 * empty list; nor does `prompt`, which puts the tools elsewhere.
 */
export function offerTools(
  tools: readonly ToolSpec[],
  rung: Rung,
  parallel: boolean,
): Pick<ChatRequest, 'tools' | 'functions' | 'parallel_tool_calls'> {
  if (tools.length === 0 || rung === 'prompt') return {}
  const functions = tools.map(({ name, description, parameters }) => ({
    name,
    ...(description !== undefined && { description }),
    parameters,
  }))
  if (rung === 'functions') return { functions }
  return {
    tools: functions.map((definition) => ({ type: 'function' as const, function: definition })),
    parallel_tool_calls: parallel,
  }
}
