import type { FastifyInstance } from 'fastify'
import { taughtDialect } from '../../../dialects/taught-dialect.ts'
import { chatBody, toChatReply } from '../chat-run.ts'
import { disconnectOf } from '../disconnect.ts'
import { parseBody } from '../parse-body.ts'
import { toReactSteps } from '../react-steps.ts'
import type { Served } from '../served.ts'

/** `POST /api/agent_chat`: as `/api/chat`, in ReAct whatever the model server takes, with each step shown. */
export function agentChatRoute(app: FastifyInstance, { runtime }: Served): void {
  app.post('/api/agent_chat', async (request, reply) => {
    const body = parseBody(chatBody, request.body)
    // A model without a name is one that nobody knows, which is taught ReAct.
    const taught = taughtDialect('')
    const { messages, ...answer } = await toChatReply(
      runtime.kept.runs,
      body,
      { taught, endpoint: 'agent_chat' },
      disconnectOf(reply),
    )
    const { content, session_id, tool_calls, usage } = answer
    return { content, session_id, steps: toReactSteps(messages), tool_calls, usage }
  })
}
