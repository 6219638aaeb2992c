import { z } from 'zod'

const text = z.string().nullish()
const count = z
  .number()
  .nullish()
  .transform((given) => given ?? 0)

/** Mistral's own servers send content as parts; everyone else as one string. */
const contentPart = z.looseObject({
  type: z.string(),
  text: text,
  thinking: z.union([z.string(), z.array(z.looseObject({ text: text }))]).nullish(),
})

/** Some servers send arguments as an object; OpenAI's protocol has JSON text. */
const callArguments = z.union([z.string(), z.record(z.string(), z.unknown())]).nullish()
const functionCall = z.looseObject({ name: text, arguments: callArguments })

/** A `delta` of a stream, or the `message` of a whole answer: the same fields. */
const delta = z.looseObject({
  content: z.union([z.string(), z.array(contentPart)]).nullish(),
  reasoning: text,
  reasoning_content: text,
  refusal: text,
  annotations: z.array(z.looseObject({ type: z.string() })).nullish(),
  tool_calls: z
    .array(z.looseObject({ index: z.number().nullish(), id: text, function: functionCall.nullish() }))
    .nullish(),
  function_call: functionCall.nullish(),
})

const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: z.number().nullish(),
  total_tokens: z.number().nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
})

const bytes = z.array(z.number()).nullish()
const token = { token: z.string(), logprob: z.number(), bytes }
const tokenLogprobs = z.object({
  content: z.array(z.object({ ...token, top_logprobs: z.array(z.object(token)).nullish() })).nullish(),
})

const choice = z.looseObject({
  index: count,
  delta: delta.nullish(),
  message: delta.nullish(),
  finish_reason: text,
  // Older servers have another shape, which nobody asked for.
  logprobs: tokenLogprobs.nullish().catch(undefined),
})

/** What we read of a chat completion or of one of its chunks; every other field is left as it came. */
export const chatChunk = z.looseObject({
  choices: z
    .array(choice)
    .nullish()
    .transform((choices) => choices ?? []),
  usage: usage.nullish(),
  error: z.unknown().optional(),
})

export type ChatChunk = z.output<typeof chatChunk>
export type ChatChoice = ChatChunk['choices'][number]
export type ChatDelta = z.output<typeof delta>
export type ChatUsage = z.output<typeof usage>

/**
 * Whether the schema would give this back as it is: a piece of text or of calls and nothing else that we read, as nearly
 * all of a stream is. It costs a tenth of asking the schema.
 */
export function isPlainChunk(value: unknown): value is ChatChunk {
  if (!isRecord(value) || value.usage != null || value.error != null || !Array.isArray(value.choices)) return false
  return value.choices.every(isPlainChoice)
}

function isPlainChoice(value: unknown): boolean {
  if (!isRecord(value) || typeof value.index !== 'number' || !isRecord(value.delta)) return false
  const { delta: fields, message, logprobs, finish_reason: reason } = value
  if (message != null || logprobs != null || !isText(reason)) return false
  const { content, reasoning, reasoning_content: thinking, refusal } = fields
  const { annotations, tool_calls: calls, function_call: call } = fields
  if (annotations != null || call != null || !(calls == null || isPlainCalls(calls))) return false
  return isText(content) && isText(reasoning) && isText(thinking) && isText(refusal)
}

function isPlainCalls(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  return value.every(
    (call) =>
      isRecord(call) &&
      (call.index == null || typeof call.index === 'number') &&
      isText(call.id) &&
      isRecord(call.function) &&
      isText(call.function.name) &&
      isText(call.function.arguments),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): boolean {
  return value == null || typeof value === 'string'
}
