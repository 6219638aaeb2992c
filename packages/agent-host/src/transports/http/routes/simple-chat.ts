import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { HostError } from '../../../core/errors.ts'
import { toChatReply } from '../chat-run.ts'
import { disconnectOf } from '../disconnect.ts'
import type { Operation } from '../openapi/operation.ts'
import { parseBody } from '../parse-body.ts'
import type { Served } from '../served.ts'
import { simpleChatAnswer } from './answers.ts'
import { messageText, sessionId, turnErrors } from './fields.ts'

const body = z.strictObject({ session_id: sessionId, message: messageText })

const operation: Operation = {
  tag: 'chat',
  summary: 'Ask in a conversation of your own naming',
  description: 'An unknown `session_id` begins a conversation. `CHAT_MODE` sets what is run.',
  body: { schema: body, example: { session_id: 'kitchen', message: 'What time is it in Seoul?' } },
  answers: { 200: { description: 'The run is over.', schema: simpleChatAnswer } },
  errors: [...turnErrors, 'not_supported'],
}

/** `POST /chat` `{ session_id, message }` -> `{ session_id, answer }`; an unknown id begins a conversation. */
export function simpleChatRoute(app: FastifyInstance, { runtime, chatMode }: Served): void {
  app.post('/chat', { config: { operation } }, async (request, reply) => {
    const { session_id, message } = parseBody(body, request.body)
    if (chatMode === 'rag') {
      throw new HostError('not_supported', 'CHAT_MODE=rag needs a knowledge store, and there is none here yet.')
    }
    const options = { endpoint: 'simple_chat' as const, ...(chatMode === 'llm' && { offers: () => false }) }
    const asked = { message, session_id, on_busy: 'queue' as const }
    const { content, pending } = await toChatReply(runtime.kept.runs, asked, options, disconnectOf(reply))
    return { session_id, answer: content, ...(pending && { pending }) }
  })
}
