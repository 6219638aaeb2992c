import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { HostError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import { textMessage } from '../../../core/message.ts'
import { disconnectOf } from '../disconnect.ts'
import { parseBody } from '../parse-body.ts'
import { runToEnd } from '../run-to-end.ts'
import type { Served } from '../served.ts'
import { messageText, onBusy, sessionId } from './fields.ts'

const chatBody = z.strictObject({ message: messageText, session_id: sessionId.optional(), on_busy: onBusy })

/** `POST /api/chat` `{ message, session_id? }`: one run, answered when it is over. A client that hangs up cancels it. */
export function chatRoute(app: FastifyInstance, { runtime }: Served): void {
  app.post('/api/chat', async (request, reply) => {
    const { message, session_id, on_busy } = parseBody(chatBody, request.body)
    const { result, sessionId: session } = await runToEnd(
      runtime.kept.runs,
      {
        messages: [textMessage(createId('msg'), 'user', message)],
        sessionId: session_id,
        createSession: true,
        onBusy: on_busy,
      },
      disconnectOf(reply),
    )
    const { error, finish_reason, content, tool_calls, usage, model, steps, run_id } = result
    if (error) throw new HostError(error.code, error.message, error.details ? { details: error.details } : {})
    if (finish_reason === 'cancelled') throw new HostError('cancelled', 'The run was cancelled.')
    if (finish_reason === 'time-limit') {
      throw new HostError('run_timeout', 'The run took longer than REQUEST_TIMEOUT allows.', { details: { steps } })
    }
    return { content, session_id: session, run_id, tool_calls, usage, model, steps, finish_reason }
  })
}
