import type { ToolChoice } from '../../../core/tool.ts'
import type { RunInput } from '../../../agent/service.ts'
import type { CreateBody } from './create-request.ts'
import type { RequestToolChoice } from './tool-schema.ts'
import type { ToolPlan } from './tool-plan.ts'

/** Fields that mean something to the Responses API alone, or that are sent under another name. */
const ownFields: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'previous_response_id',
  'conversation',
  'store',
  'stream',
  'stream_options',
  'background',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'max_tool_calls',
  'temperature',
  'truncation',
  'text',
  'reasoning',
  'include',
  'metadata',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'context_management',
  'client_metadata',
  'type',
  'top_logprobs',
])

type Parameters = Pick<RunInput, 'parameters' | 'toolChoice' | 'maxTokens' | 'temperature' | 'parallelToolCalls'>

/** What of the request goes to the model server; fields that nobody here knows go as they are. */
export function toModelParameters(body: CreateBody, plan: ToolPlan): Parameters {
  const unknown = Object.entries(body).filter(([name, value]) => !ownFields.has(name) && value != null)
  const { reasoning, text, max_output_tokens: maxTokens } = body
  return {
    parameters: {
      ...Object.fromEntries(unknown),
      ...(reasoning?.effort != null && { reasoning_effort: reasoning.effort }),
      ...(text?.verbosity != null && { verbosity: text.verbosity }),
      ...(text?.format != null && text.format.type !== 'text' && { response_format: toResponseFormat(text.format) }),
      ...toLogprobs(body),
    },
    toolChoice: toToolChoice(body.tool_choice, plan),
    maxTokens: maxTokens ?? undefined,
    temperature: body.temperature ?? undefined,
    parallelToolCalls: body.parallel_tool_calls ?? undefined,
  }
}

/** Either field asks for them. */
function toLogprobs({ include, top_logprobs: most }: CreateBody): Record<string, unknown> {
  const some = most != null && most > 0
  if (!some && !include?.includes('message.output_text.logprobs')) return {}
  return { logprobs: true, ...(some && { top_logprobs: most }) }
}

type TextFormat = NonNullable<NonNullable<CreateBody['text']>['format']>

/** Chat completions nest what the Responses API writes flat. */
function toResponseFormat(format: TextFormat): unknown {
  if (format.type !== 'json_schema') return { type: format.type }
  const { type, ...schema } = format
  return { type, json_schema: schema }
}

/** The same choice by the names that the model knows. `auto` for tools that are not here. */
function toToolChoice(choice: RequestToolChoice | null | undefined, plan: ToolPlan): ToolChoice {
  if (choice == null) return 'auto'
  if (typeof choice === 'string') return choice
  switch (choice.type) {
    case 'function':
    case 'custom':
      return { name: plan.toCallName(String(choice.name), undefined) }
    case 'mcp':
      return typeof choice.name === 'string'
        ? { name: plan.toMcpName(String(choice.server_label), choice.name) }
        : 'required'
    case 'allowed_tools':
      return choice.mode === 'required' ? 'required' : 'auto'
    default:
      return 'auto'
  }
}
