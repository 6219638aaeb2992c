import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Outlet } from '../../proxy/outlet.ts'
import type { ClientRequest, ProxyService } from '../../proxy/service.ts'
import { readAgentBody, sendAgentChat } from './agent-chat/route.ts'
import type { AgentChatService } from './agent-chat/service.ts'
import { toClientRequest } from './client-request.ts'
import { replyToStrangers, replyWithOpenAIErrors } from './openai-errors.ts'
import { proxyOperations as operations } from './operations.ts'
import { createOutlet } from './outlet.ts'
import { responsesRoutes } from './responses/routes.ts'
import type { ResponsesService } from './responses/service.ts'

export interface OpenAIRoutesOptions {
  proxy: ProxyService
  /** These two are absent where no agent is behind the proxy. */
  responses?: ResponsesService | undefined
  agentChat?: AgentChatService | undefined
  /** Longest request body, in bytes. */
  maxBody: number
}

/** The OpenAI-compatible routes, with `/v1` and, as some clients leave it out, without. */
export async function openAIRoutes(app: FastifyInstance, options: OpenAIRoutesOptions): Promise<void> {
  await app.register(async (plugin) => addRoutes(plugin, options))
  await app.register(
    async (plugin) => {
      addRoutes(plugin, options)
      replyToStrangers(plugin)
    },
    { prefix: '/v1' },
  )
}

function addRoutes(app: FastifyInstance, { proxy, responses, agentChat, maxBody }: OpenAIRoutesOptions): void {
  replyWithOpenAIErrors(app, maxBody)
  app.removeAllContentTypeParsers()
  // Bodies stay bytes, which most requests leave as.
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: maxBody }, (_request, body, done) =>
    done(null, body),
  )
  type Send = (request: ClientRequest, outlet: Outlet) => Promise<void>
  const to = (path: string, send: Send) => (request: FastifyRequest, reply: FastifyReply) =>
    send(toClientRequest(request, path, proxy.passesAuthorization), createOutlet(reply))
  const toModel = to('/chat/completions', proxy.chat)
  app.post('/chat/completions', { config: { operation: operations.chat } }, (request, reply) => {
    const body = agentChat && readAgentBody(request.body as Buffer | undefined)
    return body ? sendAgentChat(agentChat, body, reply) : toModel(request, reply)
  })
  app.post('/completions', { config: { operation: operations.completions } }, to('/completions', proxy.forward))
  app.post('/embeddings', { config: { operation: operations.embeddings } }, to('/embeddings', proxy.forward))
  app.get('/models', { config: { operation: operations.models } }, to('/models', proxy.models))
  // Ids have slashes in them: `Qwen/Qwen3-8B`.
  app.get<{ Params: { '*': string } }>('/models/*', { config: { operation: operations.model } }, (request, reply) =>
    proxy.model(
      request.params['*'],
      toClientRequest(request, '/models', proxy.passesAuthorization),
      createOutlet(reply),
    ),
  )
  if (responses) responsesRoutes(app, responses)
}
