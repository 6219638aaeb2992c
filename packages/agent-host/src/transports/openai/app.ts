import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { guardRequests, type GuardOptions } from '../http/request-guard.ts'
import { replyToStrangers, replyWithOpenAIErrors } from './openai-errors.ts'
import { openAIRoutes, type OpenAIRoutesOptions } from './routes.ts'

/** The proxy alone, not yet listening. Closing it ends open connections. */
export async function createProxyApp(
  options: OpenAIRoutesOptions,
  log: FastifyBaseLogger,
  guard: GuardOptions,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    // Two lines for each request would cost more than the request itself.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.maxBody,
    forceCloseConnections: true,
  })
  replyWithOpenAIErrors(app, options.maxBody)
  replyToStrangers(app)
  await guardRequests(app, guard)
  await openAIRoutes(app, options)
  return app
}
