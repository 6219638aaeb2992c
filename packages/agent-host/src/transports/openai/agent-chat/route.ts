import type { FastifyReply } from 'fastify'
import { toHostError } from '../../../core/errors.ts'
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

/** Answers a chat completion with a run of the agent. */
export async function sendAgentChat(service: AgentChatService, body: unknown, reply: FastifyReply): Promise<unknown> {
  const chat = await service.start(body)
  if (!chat.stream) return await chat.whole(disconnectOf(reply))
  return await sendEventStream(reply, {
    async *open(signal) {
      for await (const chunk of chat.chunks(signal)) yield `data: ${JSON.stringify(chunk)}\n\n`
      yield 'data: [DONE]\n\n'
    },
    toFailure: (error) => toErrorEvents(toOpenAIError(toHostError(error))),
  })
}
