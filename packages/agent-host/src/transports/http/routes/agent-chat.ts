import type { FastifyInstance } from 'fastify'
import { chatBody, toChatReply } from '../chat-run.ts'
import { disconnectOf } from '../disconnect.ts'
import type { Operation } from '../openapi/operation.ts'
import { parseBody } from '../parse-body.ts'
import { toReactSteps } from '../react-steps.ts'
import type { Served } from '../served.ts'
import { agentChatAnswer } from './answers.ts'
import { turnErrors } from './fields.ts'

const operation: Operation = {
  tag: 'chat',
  summary: 'Ask, and see each step',
  description: 'The same in ReAct, whatever the model server takes: thought, action, observation.',
  body: { schema: chatBody, example: { message: 'What time is it in Seoul?' } },
  answers: { 200: { description: 'The run is over.', schema: agentChatAnswer } },
  errors: turnErrors,
}

/** `POST /api/agent_chat`: as `/api/chat`, in ReAct whatever the model server takes, with each step shown. */
export function agentChatRoute(app: FastifyInstance, { runtime }: Served): void {
  app.post('/api/agent_chat', { config: { operation } }, async (request, reply) => {
    const body = parseBody(chatBody, request.body)
    const { messages, ...answer } = await toChatReply(
      runtime.kept.runs,
      body,
      { endpoint: 'agent_chat' },
      disconnectOf(reply),
    )
    const { content, session_id, tool_calls, usage, pending } = answer
    return { content, session_id, steps: toReactSteps(messages), tool_calls, usage, ...(pending && { pending }) }
  })
}
