import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { createRunCollector } from '../../../agent/run-result.ts'
import type { AgentService } from '../../../agent/service.ts'
import { HostError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import { textMessage } from '../../../core/message.ts'
import { parseBody } from '../parse-body.ts'

/** Far more than a person types, and less than fills any model's context. */
const longestMessage = 100_000

const chatBody = z.strictObject({
  message: z
    .string()
    .max(longestMessage, `must be at most ${longestMessage} characters`)
    .refine((text) => text.trim() !== '', 'must not be empty'),
})

/** `POST /api/chat` `{ message }`: one run, answered when it is over. A client that hangs up cancels it. */
export function chatRoute(app: FastifyInstance, service: AgentService): void {
  app.post('/api/chat', async (request, reply) => {
    const { message } = parseBody(chatBody, request.body)
    const messages = [textMessage(createId('msg'), 'user', message)]
    const run = createRunCollector()
    for await (const event of service.run({ messages, signal: disconnectOf(reply) })) run.add(event)

    const { error, finish_reason, content, tool_calls, usage, model, steps } = run.result()
    if (error) throw new HostError(error.code, error.message, error.details ? { details: error.details } : {})
    if (finish_reason === 'time-limit') {
      throw new HostError('run_timeout', 'The run took longer than REQUEST_TIMEOUT allows.', { details: { steps } })
    }
    return { content, tool_calls, usage, model, steps, finish_reason }
  })
}

/** Aborts when the connection closes; once the answer is out, nobody listens any more. */
function disconnectOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
  return controller.signal
}
