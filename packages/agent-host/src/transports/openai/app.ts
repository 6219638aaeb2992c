import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { agentHostHeader } from '../../backend/model-server.ts'
import { version } from '../../version.ts'
import { guardRequests, type GuardOptions } from '../http/request-guard.ts'
import { replyToBrokenRequest, replyToStrangers, replyWithOpenAIErrors } from './openai-errors.ts'
import { openAIRoutes, type OpenAIRoutesOptions } from './routes.ts'

/** The proxy alone, not yet listening. Closing it ends open connections. */
export async function createProxyApp(
  options: OpenAIRoutesOptions,
  log: FastifyBaseLogger,
  guard: GuardOptions,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    // Two lines for each request, and a logger of its own, would cost more than the rest of it.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    bodyLimit: options.maxBody,
    clientErrorHandler: replyToBrokenRequest,
    forceCloseConnections: true,
  })
  replyWithOpenAIErrors(app, options.maxBody)
  replyToStrangers(app)
  app.addHook('onSend', async (_request, reply) => {
    reply.header(agentHostHeader, version)
  })
  guardRequests(app, guard)
  app.get('/health', async (request, reply) => {
    const { status, ...parts } = await options.proxy.health()
    const uptime_s = Math.round(process.uptime())
    const told = request.trusted ? { status, version, uptime_s, ...parts } : { status }
    return reply.status(status === 'ok' ? 200 : 503).send(told)
  })
  await app.register(openAIRoutes, options)
  return app
}
