import { z } from 'zod'

const contentPart = z.looseObject({ type: z.string(), text: z.string().optional() })
const call = z.looseObject({ name: z.string() })

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.array(contentPart)]).nullish(),
  tool_calls: z.array(z.looseObject({ function: call })).nullish(),
  function_call: call.nullish(),
})

const tokenLimit = z.int().positive().nullish()

/** What the demo reads of a chat completion request. Every other field is taken and left alone. */
export const chatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  tools: z.array(z.looseObject({ type: z.literal('function'), function: call })).nullish(),
  functions: z.array(call).nullish(),
  n: z.literal(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
})

export type ChatRequest = z.output<typeof chatRequest>
export type ChatMessage = ChatRequest['messages'][number]
