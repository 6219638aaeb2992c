import type { Medium } from '../../../backend/model-media.ts'
import { createId } from '../../../core/ids.ts'
import type { ToolCall } from '../../../core/tool.ts'
import type { DecideCall } from '../../../agent/tool-calls.ts'
import { errorOutcome } from '../../../catalog/tool-outcome.ts'
import { toAgentModel } from '../../../proxy/agent-models.ts'
import type { StartRun } from '../../../runs/start-run.ts'
import { type Approvals, readApprovals } from './approvals.ts'
import type { SoFar } from './conversation-so-far.ts'
import type { CreateBody, CreateRequest } from './create-request.ts'
import { type InputMessages, toInputMessages } from './input-messages.ts'
import type { ToolSources } from './mcp-selection.ts'
import { toModelParameters } from './model-parameters.ts'
import type { ReasoningStyle } from './reasoning-writer.ts'
import type { ResponseObject } from './response-events.ts'
import { toResponseObject } from './response-object.ts'
import type { WriterRecord } from './response-record.ts'
import { createToolPlan, type ToolPlan } from './tool-plan.ts'
import type { RequestTool } from './tool-schema.ts'

export interface PrepareContext extends Omit<ToolSources, 'isOwn'> {
  model: string
  /** The agent answers, which has the tools of the catalog without being told. */
  isAgent: boolean
  soFar: SoFar
  /** What the model is known not to take. */
  lacks: ReadonlySet<Medium>
  unseal(sealed: string): string | undefined
  /** How reasoning is streamed to clients that asked for no summary. */
  reasoningStyle: ReasoningStyle
  /** Milliseconds since 1970. */
  now: () => number
}

/** A request as a run and as the Response that tells of it. */
export interface PreparedResponse {
  created: ResponseObject
  writer: WriterRecord
  start: StartRun
}

/** @throws HostError `invalid_request` for whatever is wrong, before anything is sent to a model. */
export function prepareResponse(request: CreateRequest, context: PrepareContext): PreparedResponse {
  const { body, items, tools, hosted } = request
  const { soFar } = context
  const isAllowed = toAllowance(body.tool_choice)
  const isOwn = (label: string): boolean => context.isAgent && isAllowed({ type: 'mcp', server_label: label })
  const plan = createToolPlan(tools.filter(isAllowed), { ...context, isOwn })
  const { toCallName, toMcpName } = plan
  const priorCalls = new Set(soFar.calls.keys())
  const input = toInputMessages(items, { ...context, priorCalls, toCallName, toMcpName })
  const approvals = readApprovals(input.approvals, soFar.asked, callsOf(soFar, input), plan.named)
  return {
    created: toCreated(body, context),
    writer: {
      named: [...plan.named],
      lists: [...plan.lists],
      warnings: [...new Set(hosted)].map((type) => `The tool ${type} is not available here and was left out.`),
      style: body.reasoning?.summary == null ? context.reasoningStyle : 'summary',
      sealed: body.include?.includes('reasoning.encrypted_content') ?? false,
      approvals: approvals.requests,
    },
    start: toStart(body, context, { plan, input, approvals }),
  }
}

/** `allowed_tools` offers some tools only. */
function toAllowance(choice: CreateBody['tool_choice']): (tool: RequestTool) => boolean {
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools' || !Array.isArray(choice.tools)) return () => true
  const allowed = choice.tools as readonly { name?: string | null; server_label?: string | null }[]
  return (tool) =>
    tool.type === 'mcp'
      ? allowed.some(({ server_label: label }) => label === tool.server_label)
      : allowed.some(({ name }) => name === tool.name)
}

interface Parts {
  plan: ToolPlan
  input: InputMessages
  approvals: Approvals
}

function toStart(
  body: CreateBody,
  { model, soFar, isAgent }: PrepareContext,
  { plan, input, approvals }: Parts,
): StartRun {
  return {
    sessionId: soFar.sessionId,
    parentId: soFar.parentId,
    messages: [...input.messages, ...approvals.denials],
    calls: approvals.approved,
    model,
    instructions: body.instructions ?? undefined,
    // The agent has instructions and a way with long conversations of its own.
    endpoint: isAgent ? undefined : 'responses',
    fit: isAgent && body.truncation == null ? 'summarize' : body.truncation === 'auto' ? 'drop' : 'never',
    // Clients know of their limit by the Response that it left incomplete.
    endWhenCut: true,
    clientTools: plan.clientTools,
    tools: plan.tools,
    decide: toDecide(plan, approvals, body.max_tool_calls ?? undefined),
    ...toModelParameters(body, plan),
  }
}

/** Calls that want an approval wait for one; beyond the request's limit none is made. */
function toDecide({ named }: ToolPlan, { approved }: Approvals, most = Infinity): DecideCall {
  const free = new Set(approved.map(({ id }) => id))
  let made = 0
  return async ({ id, name }) => {
    const tool = named.get(name)
    if (tool?.kind === 'mcp' && tool.asks && !free.has(id)) return { type: 'ask' }
    if (++made <= most) return { type: 'run' }
    return { type: 'answer', outcome: errorOutcome(`Not made: this answer may make ${most} tool calls at most.`) }
  }
}

function callsOf({ calls }: SoFar, { messages }: InputMessages): Map<string, ToolCall> {
  const own = messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : [])))
  return new Map([...calls, ...own.map((call) => [call.id, call] as const)])
}

/** A tool as a Response repeats it: a function has each of its keys, and an MCP server none of its secrets. */
function toTold(tool: NonNullable<CreateBody['tools']>[number]): ResponseObject['tools'][number] {
  if (tool.type === 'mcp') return withoutSecrets(tool)
  const keys = tool.type === 'function' ? { description: null, parameters: null, strict: null } : {}
  return { ...keys, ...tool } as ResponseObject['tools'][number]
}

/** Some servers have their keys in the path, so that only where one is remains of its URL. */
function withoutSecrets(tool: NonNullable<CreateBody['tools']>[number]): ResponseObject['tools'][number] {
  const { authorization: _, headers, server_url: url, ...rest } = tool
  return {
    ...rest,
    ...(headers !== undefined && { headers: null }),
    ...(typeof url === 'string' && { server_url: new URL(url).origin }),
  } as ResponseObject['tools'][number]
}

/** The Response as it begins, with what it repeats of the request. */
function toCreated(body: CreateBody, { model: id, isAgent, now }: PrepareContext): ResponseObject {
  const model = isAgent ? toAgentModel(id) : id
  const conversation = typeof body.conversation === 'string' ? { id: body.conversation } : body.conversation
  const repeated = {
    instructions: body.instructions,
    previous_response_id: body.previous_response_id,
    max_output_tokens: body.max_output_tokens,
    max_tool_calls: body.max_tool_calls,
    parallel_tool_calls: body.parallel_tool_calls,
    temperature: body.temperature,
    top_p: body.top_p,
    top_logprobs: body.top_logprobs,
    presence_penalty: body.presence_penalty,
    frequency_penalty: body.frequency_penalty,
    truncation: body.truncation,
    metadata: body.metadata,
    store: body.store,
    background: body.background,
    safety_identifier: body.safety_identifier,
    prompt_cache_key: body.prompt_cache_key,
    tools: body.tools?.map(toTold),
    tool_choice: body.tool_choice,
    text: body.text == null ? undefined : { ...body.text, format: body.text.format ?? { type: 'text' } },
    reasoning: body.reasoning == null ? undefined : { effort: null, summary: null, ...body.reasoning },
    conversation: conversation == null ? undefined : { id: conversation.id },
  }
  const given = Object.fromEntries(Object.entries(repeated).filter(([, value]) => value != null))
  const status = body.background === true ? 'queued' : 'in_progress'
  return toResponseObject({ id: createId('resp'), model, created_at: Math.floor(now() / 1000), status, ...given })
}
