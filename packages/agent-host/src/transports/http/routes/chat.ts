import type { FastifyInstance } from 'fastify'
import { chatBody, toChatReply } from '../chat-run.ts'
import { disconnectOf } from '../disconnect.ts'
import type { Operation } from '../openapi/operation.ts'
import { parseBody } from '../parse-body.ts'
import type { Served } from '../served.ts'
import { chatAnswer } from './answers.ts'
import { turnErrors } from './fields.ts'

const operation: Operation = {
  tag: 'chat',
  summary: 'Ask, and get the whole answer',
  description: 'One run of the agent. Hanging up cancels it, at the model server too.',
  body: { schema: chatBody, example: { message: 'What time is it in Seoul?', session_id: 'seoul' } },
  answers: { 200: { description: 'The run is over.', schema: chatAnswer } },
  errors: turnErrors,
}

/** `POST /api/chat` `{ message, session_id? }`: one run, answered when it is over. A client that hangs up cancels it. */
export function chatRoute(app: FastifyInstance, { runtime }: Served): void {
  app.post('/api/chat', { config: { operation } }, async (request, reply) => {
    const body = parseBody(chatBody, request.body)
    const {
      messages: _,
      failed_tools: __,
      ...answer
    } = await toChatReply(runtime.kept.runs, body, { endpoint: 'chat' }, disconnectOf(reply))
    return answer
  })
}
