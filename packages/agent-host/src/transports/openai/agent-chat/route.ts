import type { FastifyReply } from 'fastify'
import { HostError, toHostError } from '../../../core/errors.ts'
import { agentModelOf } from '../../../proxy/agent-models.ts'
import { toErrorEvents, toOpenAIError } from '../../../proxy/error-answer.ts'
import { isObject, parseJson } from '../../../proxy/wire.ts'
import { disconnectOf } from '../../http/disconnect.ts'
import { sendEventStream } from '../../http/event-stream.ts'
import type { AgentChatService } from './service.ts'

/** A request whose model is the agent; `undefined` for those that are none of its business. */
export function readAgentBody(bytes: Buffer | undefined): Record<string, unknown> | undefined {
  // Most requests name another model, and need not be read here.
  if (!bytes?.includes('"agent')) return undefined
  const body = parseJson(bytes.toString())
  return isObject(body) && agentModelOf(body.model) ? body : undefined
}

/** Statuses with which a model server says that the request is wrong or too much, which is the client's to mend. */
const clientsToMend: ReadonlySet<unknown> = new Set([400, 404, 413, 422, 429])

/** Answers a chat completion with a run of the agent. */
export async function sendAgentChat(service: AgentChatService, body: unknown, reply: FastifyReply): Promise<unknown> {
  try {
    const chat = await service.start(body)
    if (!chat.stream) return await chat.whole(disconnectOf(reply))
    return await sendEventStream(reply, {
      async *open(signal) {
        for await (const chunk of chat.chunks(signal)) yield `data: ${JSON.stringify(chunk)}\n\n`
        yield 'data: [DONE]\n\n'
      },
      toFailure: (error) => toErrorEvents(toOpenAIError(toHostError(error))),
    })
  } catch (error) {
    const status = error instanceof HostError && error.code === 'model_failed' ? error.details?.status : undefined
    if (!(error instanceof HostError) || !clientsToMend.has(status)) throw error
    return await reply.status(Number(status)).send(toOpenAIError(error))
  }
}
