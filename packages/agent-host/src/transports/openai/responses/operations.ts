import { z } from 'zod'
import type { Operation } from '../../http/openapi/operation.ts'
import { createBody } from './create-request.ts'
import { listQuery } from './wire.ts'

const flag = z.enum(['true', 'false']).transform((word) => word === 'true')

export const retrieveQuery = z.looseObject({
  stream: flag.default(false),
  starting_after: z.coerce.number().int().min(0).optional(),
})

const reference = 'https://platform.openai.com/docs/api-reference'

const response = z
  .looseObject({
    id: z.string(),
    object: z.literal('response'),
    created_at: z.number(),
    status: z.string(),
    model: z.string(),
    output: z.array(z.looseObject({ type: z.string() })),
    error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
    usage: z.looseObject({ input_tokens: z.number(), output_tokens: z.number(), total_tokens: z.number() }).nullable(),
  })
  .meta({ id: 'Response', description: `A Response of the OpenAI API: ${reference}/responses` })

const items = z
  .looseObject({ object: z.literal('list'), data: z.array(z.looseObject({ type: z.string() })), has_more: z.boolean() })
  .meta({ id: 'ItemList' })

const shared = { tag: 'openai', errorShape: 'OpenAIError' } as const
const path = { id: "The Response's id." }
const errors = ['not_found', 'store_failed'] as const

/** The routes under `/v1/responses`. */
export const responseOperations = {
  create: {
    ...shared,
    summary: 'Create a Response',
    description: `With \`stream: true\`, its events as server-sent events. See ${reference}/responses`,
    body: { schema: createBody, example: { model: 'agent', input: 'What time is it in Seoul?' } },
    answers: { 200: { description: 'The Response.', schema: response } },
    errors: [
      ...errors,
      'context_length_exceeded',
      'too_many_runs',
      'model_unreachable',
      'model_failed',
      'model_timeout',
      'shutting_down',
    ],
  },
  inputTokens: {
    ...shared,
    summary: 'Count the tokens of a request',
    body: { schema: createBody },
    answers: { 200: { description: 'The count.', schema: z.looseObject({ input_tokens: z.number() }) } },
    errors,
  },
  compact: {
    ...shared,
    summary: 'Make a conversation shorter',
    body: { schema: createBody },
    answers: { 200: { description: 'What to go on with.', schema: z.looseObject({ object: z.string() }) } },
    errors,
  },
  socket: {
    ...shared,
    summary: 'Create Responses over a WebSocket',
    description: `Messages of type \`response.create\` go in, the events of Responses come out. See ${reference}/responses`,
    answers: { 101: { description: 'The connection becomes a WebSocket.' } },
    errors: ['not_found'],
  },
  retrieve: {
    ...shared,
    summary: 'Read a Response',
    description: 'With `stream=true`, its events from the first on, or from the one after `starting_after`.',
    path,
    query: retrieveQuery,
    answers: { 200: { description: 'The Response.', schema: response } },
    errors,
  },
  delete: {
    ...shared,
    summary: 'Delete a Response',
    path,
    answers: {
      200: {
        description: 'It is gone.',
        schema: z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) }),
      },
    },
    errors,
  },
  cancel: {
    ...shared,
    summary: 'Cancel a Response that runs in the background',
    path,
    answers: { 200: { description: 'The Response.', schema: response } },
    errors,
  },
  inputItems: {
    ...shared,
    summary: 'List what a Response was given',
    path,
    query: listQuery,
    answers: { 200: { description: 'A page of items.', schema: items } },
    errors,
  },
} as const satisfies Record<string, Operation>

const conversation = z.looseObject({ id: z.string(), object: z.literal('conversation') }).meta({ id: 'Conversation' })
const conversationPath = { id: "The conversation's id.", itemId: "The item's id." }

/** The routes under `/v1/conversations`: outlines of OpenAI's. */
export const conversationOperations = {
  create: toConversationOperation('Create a conversation', conversation),
  read: toConversationOperation('Read a conversation', conversation),
  change: toConversationOperation('Change what is noted of a conversation', conversation),
  delete: toConversationOperation('Delete a conversation', z.looseObject({ id: z.string(), deleted: z.boolean() })),
  addItems: toConversationOperation('Add items to a conversation', items),
  listItems: toConversationOperation('List the items of a conversation', items),
  readItem: toConversationOperation('Read an item of a conversation', z.looseObject({ type: z.string() })),
  deleteItem: toConversationOperation('Delete an item of a conversation', conversation),
}

function toConversationOperation(summary: string, schema: z.ZodType): Operation {
  return {
    ...shared,
    summary,
    description: `See ${reference}/conversations`,
    path: conversationPath,
    answers: { 200: { description: 'As OpenAI answers.', schema } },
    errors: [...errors, 'invalid_request'],
  }
}
