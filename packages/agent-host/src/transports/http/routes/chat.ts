import type { FastifyInstance } from 'fastify'
import { chatBody, toChatReply } from '../chat-run.ts'
import { disconnectOf } from '../disconnect.ts'
import { parseBody } from '../parse-body.ts'
import type { Served } from '../served.ts'

/** `POST /api/chat` `{ message, session_id? }`: one run, answered when it is over. A client that hangs up cancels it. */
export function chatRoute(app: FastifyInstance, { runtime }: Served): void {
  app.post('/api/chat', async (request, reply) => {
    const body = parseBody(chatBody, request.body)
    const {
      messages: _,
      failed_tools: __,
      ...answer
    } = await toChatReply(runtime.kept.runs, body, { endpoint: 'chat' }, disconnectOf(reply))
    return answer
  })
}
