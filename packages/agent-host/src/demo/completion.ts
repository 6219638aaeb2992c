import { answer } from './answer.ts'
import type { ChatRequest } from './chat-request.ts'
import { toConversation } from './conversation.ts'
import { toHarmonyText } from './harmony-text.ts'

/** What the demo says in one turn. */
interface Turn {
  /** Raw Harmony text. */
  text: string
  finishReason: 'stop' | 'length'
  usage: DemoUsage
}

interface DemoUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  /** How the numbers came to be: the demo has no tokenizer. */
  estimated_by: string
}

const charactersPerToken = 4

export function takeTurn(request: ChatRequest): Turn {
  const whole = toHarmonyText(answer(toConversation(request)))
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY
  const isCut = toTokens(whole) > limit
  const text = isCut ? whole.slice(0, limit * charactersPerToken).replace(/[\uD800-\uDBFF]$/, '') : whole
  const offered = request.tools ?? request.functions ?? []
  const prompt = toTokens(JSON.stringify([request.messages, offered]))
  const completion = toTokens(text)
  return {
    text,
    finishReason: isCut ? 'length' : 'stop',
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      estimated_by: `${charactersPerToken} characters a token, the prompt's as JSON`,
    },
  }
}

function toTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken)
}

/** The turn as a `chat.completion`. */
export function toCompletion(turn: Turn, envelope: object): unknown {
  const message = { role: 'assistant', content: turn.text }
  return {
    ...envelope,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: turn.finishReason }],
    usage: turn.usage,
  }
}

/** The turn as `chat.completion.chunk`s, its text in pieces of odd sizes that are the same every time. */
export function* toChunks(turn: Turn, envelope: object, includeUsage: boolean): Generator {
  const head = { ...envelope, object: 'chat.completion.chunk' }
  const chunk = (delta: object, finishReason: string | null): unknown => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    ...(includeUsage && { usage: null }),
  })
  yield chunk({ role: 'assistant', content: '' }, null)
  for (const content of toOddPieces(turn.text)) yield chunk({ content }, null)
  yield chunk({}, turn.finishReason)
  if (includeUsage) yield { ...head, choices: [], usage: turn.usage }
}

const pieceSizes = [1, 2, 3, 5, 8, 13]

function* toOddPieces(text: string): Generator<string> {
  for (let at = 0, piece = 0; at < text.length; piece++) {
    let end = at + (pieceSizes[piece % pieceSizes.length] ?? 1)
    if (/[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end++
    yield text.slice(at, end)
    at = end
  }
}
