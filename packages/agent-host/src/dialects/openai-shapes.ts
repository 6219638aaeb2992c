import type { TurnEnd } from '../core/events.ts'
import type { JsonSchema, ToolSpec } from '../core/tool.ts'

/** A tool as OpenAI's chat completions write it. */
export interface OpenAITool {
  type: 'function'
  function: { name: string; description?: string; parameters?: JsonSchema }
}

/** Why a completion ended, as OpenAI says it. Absent or unknown: `stop`. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'function_call' | 'content_filter'

const ends: Readonly<Record<FinishReason, TurnEnd>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
}

/** OpenAI's finish reason as the end of a turn. */
export function toTurnEnd(reason: string | null | undefined): TurnEnd {
  return (Object.hasOwn(ends, reason ?? '') ? ends[reason as FinishReason] : undefined) ?? 'stop'
}

/** OpenAI's tools as the parsers take them; other kinds of tool are left out. */
export function toToolSpecs(tools: readonly OpenAITool[]): ToolSpec[] {
  return tools
    .filter((tool) => tool.type === 'function')
    .map(({ function: { name, description, parameters } }) => ({
      name,
      ...(description !== undefined && { description }),
      parameters: parameters ?? {},
    }))
}
