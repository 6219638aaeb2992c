import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { AgentService } from '../../agent/service.ts'
import { agentHostHeader } from '../../backend/model-server.ts'
import { version } from '../../version.ts'
import { openAIRoutes, type OpenAIRoutesOptions } from '../openai/routes.ts'
import { replyWithErrors } from './error-reply.ts'
import { guardRequests, type GuardOptions } from './request-guard.ts'
import { chatRoute } from './routes/chat.ts'
import { healthRoute } from './routes/health.ts'
import { toolsRoute } from './routes/tools.ts'

/** Above what a message may have, so that an over-long one is told which field it is. */
const bodyLimit = 16 * 1024 * 1024

const routes = [healthRoute, toolsRoute, chatRoute]

/** The HTTP service, not yet listening. Closing it ends open connections. */
export async function createApp(
  service: AgentService,
  log: FastifyBaseLogger,
  guard: GuardOptions,
  openAI: OpenAIRoutesOptions,
): Promise<FastifyInstance> {
  const app = Fastify({ loggerInstance: log, bodyLimit, forceCloseConnections: true })
  // A page may send text/plain to any site without asking first; JSON it may not.
  app.removeContentTypeParser('text/plain')
  app.addHook('onSend', async (_request, reply) => {
    reply.header(agentHostHeader, version)
  })
  replyWithErrors(app)
  await guardRequests(app, guard)
  for (const route of routes) route(app, service)
  await app.register(openAIRoutes, openAI)
  return app
}
