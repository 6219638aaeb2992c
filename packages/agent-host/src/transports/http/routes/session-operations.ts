import { z } from 'zod'
import type { Operation } from '../openapi/operation.ts'
import { sessionAnswer, sessionListAnswer, wholeSessionAnswer } from './answers.ts'
import { sessionId } from './fields.ts'

export const listQuery = z.looseObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional(),
})

export const changeBody = z.strictObject({ title: z.string().max(200) })

export const forkBody = z.strictObject({ entry_id: z.string().optional(), session_id: sessionId.optional() })

export const exportQuery = z.looseObject({ format: z.enum(['jsonl', 'markdown']).default('jsonl') })

const path = { id: "The session's id." }
const errors = ['not_found', 'store_failed'] as const

/** The routes under `/api/v1/sessions`. */
export const sessionOperations = {
  list: {
    tag: 'sessions',
    summary: 'List sessions',
    description: 'The one that was used last comes first.',
    query: listQuery,
    answers: { 200: { description: 'A page; `next_cursor` is for the next one.', schema: sessionListAnswer } },
    errors: ['store_failed'],
  },
  read: {
    tag: 'sessions',
    summary: 'Read a session with its messages',
    path,
    answers: { 200: { description: 'The conversation as a model is shown it.', schema: wholeSessionAnswer } },
    errors,
  },
  change: {
    tag: 'sessions',
    summary: 'Rename a session',
    path,
    body: { schema: changeBody, example: { title: 'Time in Seoul' } },
    answers: { 200: { description: 'The session.', schema: sessionAnswer } },
    errors,
  },
  fork: {
    tag: 'sessions',
    summary: 'Fork a session',
    description: 'A new session with everything up to `entry_id`, or with all.',
    path,
    body: { schema: forkBody, optional: true, example: { session_id: 'seoul-2' } },
    answers: { 201: { description: 'The new session.', schema: sessionAnswer } },
    errors: [...errors, 'session_exists'],
  },
  export: {
    tag: 'sessions',
    summary: 'Export a session',
    description: 'As lines of JSON with every entry, or as Markdown to read, with `format=markdown`.',
    path,
    query: exportQuery,
    answers: { 200: { description: 'The file.', schema: z.string(), type: 'application/jsonl' } },
    errors,
  },
  delete: {
    tag: 'sessions',
    summary: 'Delete a session',
    path,
    answers: { 204: { description: 'It is gone.' } },
    errors: [...errors, 'session_busy'],
  },
} as const satisfies Record<string, Operation>
