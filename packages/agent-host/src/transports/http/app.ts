import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { agentHostHeader } from '../../backend/model-server.ts'
import { version } from '../../version.ts'
import { openAIRoutes } from '../openai/routes.ts'
import { replyWithErrors } from './error-reply.ts'
import { collectOperations } from './openapi/collect-operations.ts'
import { guardRequests, type GuardOptions } from './request-guard.ts'
import { agentChatRoute } from './routes/agent-chat.ts'
import { chatRoute } from './routes/chat.ts'
import { documentRoutes } from './routes/document.ts'
import { healthRoute } from './routes/health.ts'
import { runsRoute } from './routes/runs.ts'
import { sessionsRoute } from './routes/sessions.ts'
import { simpleChatRoute } from './routes/simple-chat.ts'
import { toolsRoute } from './routes/tools.ts'
import { v1ChatRoute } from './routes/v1-chat.ts'
import type { Served } from './served.ts'
import { acceptWebSockets, onlyWebSockets } from './web-sockets.ts'

/** Above what a message may have, so that an over-long one is told which field it is. */
const bodyLimit = 16 * 1024 * 1024

const routes = [
  healthRoute,
  toolsRoute,
  chatRoute,
  agentChatRoute,
  v1ChatRoute,
  simpleChatRoute,
  runsRoute,
  sessionsRoute,
]

/** The HTTP service, not yet listening. Closing it ends open connections. */
export async function createApp(
  served: Served,
  log: FastifyBaseLogger,
  guard: GuardOptions,
  /** Longest request body on the OpenAI routes, in bytes. */
  maxBody: number,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    bodyLimit,
    forceCloseConnections: true,
    http: onlyWebSockets,
  })
  // A page may send text/plain to any site without asking first; JSON it may not.
  app.removeContentTypeParser('text/plain')
  app.addHook('onSend', async (_request, reply) => {
    reply.header(agentHostHeader, version)
  })
  replyWithErrors(app)
  await acceptWebSockets(app, maxBody)
  guardRequests(app, guard)
  const operations = collectOperations(app)
  for (const route of routes) route(app, served)
  documentRoutes(app, operations)
  await app.register(openAIRoutes, { ...served, maxBody })
  return app
}
