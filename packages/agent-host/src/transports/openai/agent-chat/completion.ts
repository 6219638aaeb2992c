import type { Usage } from '../../../core/events.ts'
import { toAgentModel } from '../../../proxy/agent-models.ts'
import type { ChatDelta, ChatEnd } from './chat-writer.ts'

/** What every chunk of a completion repeats. */
export interface CompletionHead {
  runId: string
  /** The model that the agent runs with. */
  model: string
  /** Seconds since 1970. */
  created: number
}

type Json = Record<string, unknown>

const toHead = ({ runId, model, created }: CompletionHead): Json => ({
  id: runId.replace(/^run_/, 'chatcmpl-'),
  created,
  model: toAgentModel(model),
})

/** The chunk that opens a streamed answer. */
export function toFirstChunk(head: CompletionHead): Json {
  return toChunk(head, { role: 'assistant', content: '' })
}

export function toChunk(head: CompletionHead, delta: ChatDelta | Json): Json {
  return { ...toHead(head), object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null }] }
}

/** The chunks that end one: why it ended, and what it cost where the client asks for that. */
export function toLastChunks(head: CompletionHead, end: ChatEnd, includeUsage: boolean): Json[] {
  const common = { ...toHead(head), object: 'chat.completion.chunk' }
  const choices = [{ index: 0, delta: {}, finish_reason: end.finishReason }]
  const last = { ...common, choices, agent_host: toAgentHost(head, end) }
  if (!includeUsage || !end.usage) return [last]
  return [last, { ...common, choices: [], usage: toUsage(end.usage) }]
}

/** The whole answer: what all of its deltas come to. */
export function toCompletion(head: CompletionHead, deltas: readonly ChatDelta[], end: ChatEnd): Json {
  const text = (field: 'content' | 'refusal' | 'reasoning'): string =>
    deltas.map((delta) => delta[field] ?? '').join('')
  const [content, refusal, reasoning] = [text('content'), text('refusal'), text('reasoning')]
  const calls = toCalls(deltas)
  const message = {
    role: 'assistant',
    content: content === '' && (calls.length > 0 || refusal !== '') ? null : content,
    refusal: refusal === '' ? null : refusal,
    ...(reasoning !== '' && { reasoning, reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return {
    ...toHead(head),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: end.finishReason, logprobs: null }],
    ...(end.usage && { usage: toUsage(end.usage) }),
    agent_host: toAgentHost(head, end),
  }
}

function toCalls(deltas: readonly ChatDelta[]): Json[] {
  const calls: Json[] = []
  for (const { index, ...call } of deltas.flatMap(({ tool_calls: entries = [] }) => entries)) {
    if (call.result) Object.assign(calls[index] ?? {}, { result: call.result })
    else calls[index] = call
  }
  return calls
}

/** What no field of OpenAI's says: why the run ended in our words, and after how many turns. */
function toAgentHost({ runId }: CompletionHead, { reason, steps }: ChatEnd): Json {
  return { run_id: runId, run_end: reason, steps }
}

function toUsage({ inputTokens, outputTokens, totalTokens, cachedInputTokens, reasoningTokens }: Usage): Json {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: totalTokens,
    ...(cachedInputTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedInputTokens } }),
    ...(reasoningTokens !== undefined && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  }
}
