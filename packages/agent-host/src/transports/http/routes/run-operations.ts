import { z } from 'zod'
import { disconnectQuery } from '../follow-for-client.ts'
import type { Operation } from '../openapi/operation.ts'
import { approvalAnswer, eventStream, runAnswer } from './answers.ts'
import { messageText, onBusy, sessionId, turnErrors } from './fields.ts'

export const startBody = z.strictObject({
  message: messageText,
  session_id: sessionId.optional(),
  on_busy: onBusy,
  model: z.string().min(1).optional(),
})

export const answerBody = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  reason: z.string().max(2000).optional(),
})

export const eventsQuery = disconnectQuery.extend({ after: z.coerce.number().int().min(0).optional() })

const path = { id: "The run's id.", callId: "The waiting call's id." }

/** The routes under `/api/v1/runs`. */
export const runOperations = {
  start: {
    tag: 'runs',
    summary: 'Start a run',
    description: 'Answers once the message is stored; the run goes on by itself, whoever listens.',
    body: { schema: startBody, example: { message: 'What time is it in Seoul?', session_id: 'seoul' } },
    answers: { 202: { description: 'The run goes on.', schema: runAnswer } },
    errors: turnErrors,
  },
  get: {
    tag: 'runs',
    summary: 'Read the state of a run',
    path,
    answers: { 200: { description: 'The run.', schema: runAnswer } },
    errors: ['not_found', 'store_failed'],
  },
  events: {
    tag: 'runs',
    summary: 'Follow a run',
    description:
      'Server-sent events, numbered from 1: what was, then what comes, to the end of the run. Who reconnects with `Last-Event-ID` misses nothing. A disconnect cancels nothing, unless `cancel_on_disconnect=true` asks for it.',
    path,
    query: eventsQuery,
    headers: { 'Last-Event-ID': 'Number of the last event that the client has; wins over `after`.' },
    answers: { 200: { description: 'The events.', schema: eventStream, type: 'text/event-stream' } },
    errors: ['not_found', 'store_failed'],
  },
  cancel: {
    tag: 'runs',
    summary: 'Cancel a run',
    description: 'Wherever it is driven. A run that has ended stays as it is.',
    path,
    answers: { 200: { description: 'The run as it is now; it ends soon.', schema: runAnswer } },
    errors: ['not_found', 'store_failed'],
  },
  answer: {
    tag: 'runs',
    summary: 'Approve or deny a call',
    description: 'A run that asks is `parked`. Once its last waiting call is decided, another run goes on from there.',
    path,
    body: { schema: answerBody, example: { decision: 'approve' } },
    answers: { 200: { description: 'The answer is stored.', schema: approvalAnswer } },
    errors: ['not_found', 'already_answered', 'too_many_runs', 'shutting_down', 'store_failed'],
  },
} as const satisfies Record<string, Operation>
