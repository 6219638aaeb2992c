import { choiceLesson } from '../agent/choice-lesson.ts'
import { formatLesson } from '../agent/format-lesson.ts'
import type { Avoided } from '../backend/capabilities.ts'
import { offerTools } from '../backend/offered-tools.ts'
import type { Rung } from '../core/events.ts'
import type { ToolSpec } from '../core/tool.ts'
import type { HistoryProfile } from '../dialects/history/history-profile.ts'
import { historyProfile, toFunctions, toTextOnly } from '../dialects/history/profiles.ts'
import { toModelMessages } from '../dialects/history/to-model-messages.ts'
import { type TaughtDialect, taughtDialect } from '../dialects/taught-dialect.ts'
import type { ChatDemand } from './chat-demand.ts'
import { fromWireMessages } from './from-wire-messages.ts'
import { objectsIn } from './wire.ts'
import { addInstruction, hasToolMessages } from './wire-instruction.ts'

/** How one attempt asks the model server for what the client demands. */
export interface RequestForm {
  rung: Rung
  /** What the server is known to refuse. */
  without: ReadonlySet<Avoided>
}

export interface UpstreamRequest {
  body: Uint8Array | string
  /** The dialect that the model was taught, where it was. */
  taught: TaughtDialect | undefined
  /** The tools that are offered. */
  tools: readonly ToolSpec[]
  /** `tool_choice` is demanded in words, as the server refuses the field. */
  teachesChoice: boolean
  /** So is `response_format`; the answer is then never streamed by the server. */
  teachesFormat: boolean
  /** How the messages were written anew, where they were. */
  profile: HistoryProfile | undefined
}

type Body = Record<string, unknown>

/** Fields that are about tools, and that servers refuse where there are none. */
const toolFields = ['tools', 'functions', 'tool_choice', 'function_call', 'parallel_tool_calls'] as const

/** The request as this form has it: the client's own bytes where nothing in them has to change. */
export function toUpstreamRequest(demand: ChatDemand, { rung, without }: RequestForm): UpstreamRequest {
  const { choice, format } = demand
  const forced = demand.tools.length > 0 && (choice === 'required' || typeof choice === 'object')
  const teachesChoice = forced && (rung !== 'tools' || without.has('tool-choice'))
  const tools = teachesChoice && typeof choice === 'object' ? onlyNamed(demand.tools, choice.name) : demand.tools
  const taught = rung === 'prompt' && tools.length > 0 ? taughtDialect(demand.model) : undefined
  const teachesFormat = format !== undefined && without.has(format.type)

  const lessons = [
    ...(taught ? [taught.promptTools(tools)] : []),
    ...(teachesChoice ? [choiceLesson(choice)] : []),
    ...(teachesFormat ? [formatLesson(format)] : []),
  ]
  const given = withoutEmptyCalls(demand.messages)
  const taughtMessages = lessons.reduce(addInstruction, given)
  const profile = profileFor(demand, { rung, without }, taught)
  const messages = profile ? toModelMessages(fromWireMessages(taughtMessages), profile) : taughtMessages
  const changes: Body = {
    ...(messages !== demand.messages && { messages }),
    ...toolChanges(demand, tools, { rung, without }, teachesChoice),
    ...(teachesFormat && { response_format: undefined, stream: undefined, stream_options: undefined }),
    ...(taught?.stop && { stop: [...stopsOf(demand.body.stop), ...taught.stop] }),
    ...repairs(demand, without),
  }
  return {
    body: apply(demand, changes),
    taught,
    tools,
    teachesChoice,
    teachesFormat,
    profile,
  }
}

/** How the history must be written; `undefined` where the client's own messages may stay. */
function profileFor(
  { model, messages, oldClient, tools }: ChatDemand,
  { rung, without }: RequestForm,
  taught: TaughtDialect | undefined,
): HistoryProfile | undefined {
  const otherClient = tools.length > 0 && (rung === 'functions') !== oldClient
  const odd = without.has('message-shape') || without.has('system-role')
  const calls = (otherClient || without.has('tool-role')) && hasToolMessages(messages)
  if (!taught && !odd && !calls) return undefined
  const own = historyProfile(model)
  const family = without.has('system-role') ? { ...own, system: 'user' as const } : own
  if (taught) return { ...toTextOnly(family), dialect: taught.name, resultText: taught.resultText ?? family.resultText }
  if (without.has('tool-role') && calls) return toTextOnly(family)
  if (rung === 'functions' && calls) return toFunctions(family)
  return odd ? { ...family, alternate: true } : family
}

function toolChanges(
  demand: ChatDemand,
  tools: readonly ToolSpec[],
  { rung, without }: RequestForm,
  teachesChoice: boolean,
): Body {
  const { body, oldClient, choice } = demand
  // Servers answer 400 to a choice without tools, and to no tools at all.
  const cleared = Object.fromEntries(toolFields.filter((field) => field in body).map((field) => [field, undefined]))
  // Tools of a kind that we do not know are the server's business.
  if (tools.length === 0 && choice !== 'none' && objectsIn(body.tools).length > 0) return {}
  if (tools.length === 0 || rung === 'prompt') return cleared
  const asTools = rung === 'tools'
  const dropped = {
    ...(teachesChoice && { [oldClient ? 'function_call' : 'tool_choice']: undefined }),
    ...(without.has('parallel-tool-calls') && 'parallel_tool_calls' in body && { parallel_tool_calls: undefined }),
    ...(tools.length < demand.tools.length && asTools && !oldClient && { tools: keepOnly(body.tools, tools) }),
  }
  if (asTools !== oldClient) return dropped
  const { parallel_tool_calls: single, ...offered } = offerTools(tools, rung, false)
  const calls = without.has('parallel-tool-calls') || !oldClient ? {} : { parallel_tool_calls: single }
  const named = typeof choice === 'object' && { type: 'function', function: { name: choice.name } }
  const chosen = asTools && !teachesChoice && choice !== 'auto' ? { tool_choice: named || choice } : {}
  return { ...cleared, ...offered, ...calls, ...chosen }
}

/** Fields that servers are known to answer 400 to. */
function repairs({ body, stream }: ChatDemand, without: RequestForm['without']): Body {
  const options = 'stream_options' in body && (!stream || without.has('stream-options'))
  return options ? { stream_options: undefined } : {}
}

/** The same messages, but for an empty `tool_calls`, which OpenAI and others answer 400 to. */
function withoutEmptyCalls(messages: readonly Body[]): readonly Body[] {
  const isEmpty = ({ tool_calls: calls }: Body): boolean => Array.isArray(calls) && calls.length === 0
  if (!messages.some(isEmpty)) return messages
  return messages.map((message) => (isEmpty(message) ? { ...message, tool_calls: undefined } : message))
}

function apply({ bytes, body }: ChatDemand, changes: Body): Uint8Array | string {
  if (Object.keys(changes).length === 0) return bytes
  // JSON leaves out what is undefined.
  return JSON.stringify({ ...body, ...changes })
}

function onlyNamed(tools: readonly ToolSpec[], name: string): readonly ToolSpec[] {
  const named = tools.filter((tool) => tool.name === name)
  return named.length > 0 ? named : tools
}

/** The client's own definitions of these tools, with whatever fields they have. */
function keepOnly(given: unknown, tools: readonly ToolSpec[]): unknown[] {
  const names = new Set<unknown>(tools.map(({ name }) => name))
  return objectsIn(given).filter(({ function: called }) => names.has((called as { name?: unknown } | null)?.name))
}

function stopsOf(stop: unknown): unknown[] {
  return Array.isArray(stop) ? stop : typeof stop === 'string' ? [stop] : []
}
