import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { errorCodes, HostError, toHostError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import { textMessage } from '../../../core/message.ts'
import type { RunManager } from '../../../runs/run-manager.ts'
import { toChatReply } from '../chat-run.ts'
import { disconnectOf } from '../disconnect.ts'
import { sendEventStream } from '../event-stream.ts'
import { disconnectQuery, followForClient, type FollowOptions } from '../follow-for-client.ts'
import type { Operation } from '../openapi/operation.ts'
import { parseBody } from '../parse-body.ts'
import type { Served } from '../served.ts'
import { eventStream, v1ChatAnswer } from './answers.ts'
import { messageText, onBusy, sessionId, turnErrors } from './fields.ts'

/** `conversation_id` is what everything else calls a session's id. */
const body = z.strictObject({ content: messageText, conversation_id: sessionId.nullish(), on_busy: onBusy })

type Body = z.output<typeof body>

const whole: Operation = {
  tag: 'chat',
  summary: 'Ask, and get the answer alone',
  description: 'A failing model server is a 502 here, and a failing tool server a 500.',
  body: { schema: body, example: { content: 'What time is it in Seoul?', conversation_id: null } },
  answers: { 200: { description: 'The run is over.', schema: v1ChatAnswer } },
  errors: [...turnErrors, 'tool_server_failed'],
  errorShape: 'Detail',
}

const stream: Operation = {
  ...whole,
  summary: 'Ask, and get the answer as it comes',
  description:
    'Each event is one `data:` line of JSON with its `type` and `sequence`; `data: [DONE]` ends the stream. A disconnect cancels nothing, unless `cancel_on_disconnect=true` asks for it; `/api/v1/runs/{id}/events` goes on with the `runId` of the first event.',
  query: disconnectQuery,
  answers: { 200: { description: 'The events of the run.', schema: eventStream, type: 'text/event-stream' } },
}

/** `/api/v1/chat`, whole or as a stream; its failures leave as `{ detail }`. */
export function v1ChatRoute(app: FastifyInstance, { runtime, service }: Served): void {
  const { runs } = runtime.kept
  app.post('/api/v1/chat', { config: { operation: whole } }, (request, reply) =>
    withDetail(reply, async () => {
      const { content, conversation_id: id, on_busy } = parseBody(body, request.body)
      await requireTools(service)
      const asked = { message: content, session_id: id ?? undefined, on_busy }
      const answer = await toChatReply(runs, asked, { endpoint: 'v1_chat' }, disconnectOf(reply))
      const { content: text, session_id: conversation_id, tool_calls, failed_tools: failed, pending } = answer
      if (failed.length > 0) throw toolsFailed(`The server of ${failed.join(', ')} failed.`)
      const calls = tool_calls.length > 0 ? tool_calls : null
      return { content: text, conversation_id, tool_calls: calls, ...(pending && { pending }) }
    }),
  )
  app.post('/api/v1/chat/stream', { config: { operation: stream } }, (request, reply) =>
    withDetail(reply, async () => {
      const asked = parseBody(body, request.body)
      const options = parseBody(disconnectQuery, request.query)
      await requireTools(service)
      await streamChat(runs, asked, options, reply)
    }),
  )
}

/** Each event is one `data:` line of JSON. */
async function streamChat(
  runs: RunManager,
  { content, conversation_id: id, on_busy: busy }: Body,
  options: FollowOptions,
  reply: FastifyReply,
): Promise<void> {
  const { runId, sessionId: session } = await runs.start({
    messages: [textMessage(createId('msg'), 'user', content)],
    sessionId: id ?? undefined,
    createSession: true,
    onBusy: busy,
    endpoint: 'v1_chat',
  })
  await sendEventStream(reply, {
    async *open(signal) {
      for await (const { sequence, event } of followForClient(runs, runId, options, signal)) {
        const begins = event.type === 'run-start' && { conversation_id: session }
        yield `data: ${JSON.stringify({ sequence, ...event, ...begins })}\n\n`
      }
      if (!signal.aborted) yield 'data: [DONE]\n\n'
    },
    toFailure: (error) => `data: ${JSON.stringify({ type: 'error', detail: toHostError(error).message })}\n\n`,
  })
}

/** Here a tool layer that is down is a failure, and not something for the model to work around. */
async function requireTools({ tools, toolServers }: Served['service']): Promise<void> {
  if (toolServers.length > 0 && (await tools()).length === 0) {
    throw toolsFailed(`No tool server answers: ${toolServers.join(', ')}.`)
  }
}

function toolsFailed(message: string): HostError {
  return new HostError('tool_server_failed', message)
}

async function withDetail(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    const known = error instanceof HostError ? error : toHostError(error)
    if (known.code === 'internal') reply.log.error({ err: error }, 'a request failed')
    return await reply.status(errorCodes[known.code].status).send({ detail: known.message })
  }
}
