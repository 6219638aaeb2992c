import { z } from 'zod'
import type { ToolChoice, ToolSpec } from '../../../core/tool.ts'
import { agentModelOf } from '../../../proxy/agent-models.ts'
import type { StartRun } from '../../../runs/start-run.ts'
import { badRequest, parseAt } from '../responses/bad-request.ts'
import { toolActivities, type ToolActivity } from '../../../core/tool-activity.ts'

const definition = z.looseObject({
  name: z.string().regex(/^[\w.:-]{1,128}$/, 'must be a name of letters, digits, _ and -'),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
})
const absent = (instead: string) => z.null(`is not known to the agent; use ${instead}`).optional()

/** What the agent reads of a chat completion; fields that it does not know go to the model server as they are. */
const chatBody = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string() })).min(1, 'must not be empty'),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, 'must be 1, as the agent gives one answer').nullish(),
  tools: z.array(z.looseObject({ type: z.literal('function', 'must be "function"'), function: definition })).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
    ])
    .nullish(),
  functions: absent('tools'),
  function_call: absent('tool_choice'),
  parallel_tool_calls: z.boolean().nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  agent: z.strictObject({ tool_activity: z.enum(toolActivities).nullish() }).nullish(),
})
type ChatBody = z.output<typeof chatBody>

/** Fields that are not for the model server, or that go to it under another name; nobody reads log-probabilities. */
const ownFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'n',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'logprobs',
  'top_logprobs',
  'store',
  'metadata',
  'agent',
])

/** A chat completion that the agent is to make. */
export interface AgentChatRequest {
  messages: readonly Readonly<Record<string, unknown>>[]
  /** The run, without its messages. */
  start: Omit<StartRun, 'messages'>
  stream: boolean
  includeUsage: boolean
  /** Absent where the service's own setting counts. */
  activity: ToolActivity | undefined
  /** The answer is to be JSON, so that nothing but the last turn's text may stand in it. */
  answerOnly: boolean
}

/** @throws HostError `invalid_request` that names the field. */
export function readAgentChat(value: unknown): AgentChatRequest {
  const body = parseAt(chatBody, value, '')
  const { response_format: format } = body
  return {
    messages: body.messages,
    start: toStart(body),
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    activity: body.agent?.tool_activity ?? undefined,
    answerOnly: format != null && format.type !== 'text',
  }
}

function toStart(body: ChatBody): AgentChatRequest['start'] {
  const clientTools = toClientTools(body)
  const own = new Set(clientTools.map(({ name }) => name))
  const passed = Object.entries(body).filter(([name, value]) => !ownFields.has(name) && value != null)
  return {
    model: agentModelOf(body.model)?.model,
    clientTools,
    // What the client brings along stands before a tool of ours with the same name.
    offers: ({ name }) => !own.has(name),
    toolChoice: toChoice(body.tool_choice),
    parameters: Object.fromEntries(passed),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    temperature: body.temperature ?? undefined,
    parallelToolCalls: body.parallel_tool_calls ?? undefined,
  }
}

function toClientTools({ tools }: ChatBody): ToolSpec[] {
  const specs = (tools ?? []).map(({ function: { name, description, parameters } }) => ({
    name,
    ...(description != null && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
  }))
  const seen = new Set<string>()
  for (const [index, { name }] of specs.entries()) {
    if (seen.has(name))
      throw badRequest(`tools[${index}].function.name`, `there are two tools named ${JSON.stringify(name)}`)
    seen.add(name)
  }
  return specs
}

function toChoice(choice: ChatBody['tool_choice']): ToolChoice {
  if (choice == null) return 'auto'
  return typeof choice === 'string' ? choice : { name: choice.function.name }
}
