import { z } from 'zod'
import type { Operation } from '../http/openapi/operation.ts'

const reference = 'https://platform.openai.com/docs/api-reference'
const passed = 'Fields that are not listed are passed on to the model server.'

const message = z.looseObject({ role: z.string(), content: z.unknown().optional() })
const usage = z.looseObject({ prompt_tokens: z.int(), total_tokens: z.int() }).nullish()

const chatRequest = z
  .looseObject({
    model: z.string().meta({ description: '`agent`, or `agent/` and a model, runs the agent with its tools.' }),
    messages: z.array(message),
    tools: z.array(z.looseObject({ type: z.string() })).optional(),
    stream: z.boolean().optional(),
  })
  .meta({ id: 'ChatCompletionRequest', description: passed })

const completionRequest = z
  .looseObject({
    model: z.string(),
    prompt: z.union([z.string(), z.array(z.unknown())]),
    stream: z.boolean().optional(),
  })
  .meta({ id: 'CompletionRequest', description: passed })

const embeddingsRequest = z
  .looseObject({ model: z.string(), input: z.union([z.string(), z.array(z.unknown())]) })
  .meta({ id: 'EmbeddingsRequest', description: passed })

const completion = z
  .looseObject({
    id: z.string(),
    object: z.string(),
    model: z.string(),
    choices: z.array(z.looseObject({ finish_reason: z.string().nullable() })),
    usage,
  })
  .meta({ id: 'Completion' })

const embeddings = z
  .looseObject({ data: z.array(z.looseObject({ embedding: z.unknown() })), model: z.string(), usage })
  .meta({ id: 'Embeddings' })

const model = z.looseObject({ id: z.string(), object: z.string().optional() }).meta({ id: 'Model' })
const models = z.looseObject({ data: z.array(model) }).meta({ id: 'Models' })

const shared = { tag: 'openai', errorShape: 'OpenAIError' } as const
const errors = ['model_unreachable', 'model_failed', 'model_timeout'] as const

/** The routes of the proxy: outlines, as the model server has the last word. */
export const proxyOperations = {
  chat: {
    ...shared,
    summary: 'Create a chat completion',
    description: `Calls that the model wrote as text leave as \`tool_calls\`. With \`stream: true\`, server-sent events. See ${reference}/chat`,
    body: {
      schema: chatRequest,
      example: { model: 'agent', messages: [{ role: 'user', content: 'What time is it in Seoul?' }] },
    },
    answers: { 200: { description: 'The completion.', schema: completion } },
    errors: [...errors, 'too_many_runs', 'run_timeout'],
  },
  completions: {
    ...shared,
    summary: 'Create a completion',
    description: `Passed through as it is. See ${reference}/completions`,
    body: { schema: completionRequest },
    answers: { 200: { description: 'The completion.', schema: completion } },
    errors,
  },
  embeddings: {
    ...shared,
    summary: 'Create embeddings',
    description: `Passed through as it is. See ${reference}/embeddings`,
    body: { schema: embeddingsRequest },
    answers: { 200: { description: 'The embeddings.', schema: embeddings } },
    errors,
  },
  models: {
    ...shared,
    summary: 'List the models',
    description: "The model server's, each with what was learned of it, and the agent's.",
    answers: { 200: { description: 'The models.', schema: models } },
    errors,
  },
  model: {
    ...shared,
    summary: 'Read about a model',
    path: { model: 'Its id, which may have slashes in it.' },
    answers: { 200: { description: 'The model.', schema: model } },
    errors: [...errors, 'not_found'],
  },
} as const satisfies Record<string, Operation>
