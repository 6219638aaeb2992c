import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Outlet } from '../../proxy/outlet.ts'
import type { ClientRequest, ProxyService } from '../../proxy/service.ts'
import { toClientRequest } from './client-request.ts'
import { replyWithOpenAIErrors } from './openai-errors.ts'
import { createOutlet } from './outlet.ts'

export interface OpenAIRoutesOptions {
  proxy: ProxyService
  /** Longest request body, in bytes. */
  maxBody: number
}

/** The OpenAI-compatible routes, with `/v1` and, as some clients leave it out, without. */
export async function openAIRoutes(app: FastifyInstance, { proxy, maxBody }: OpenAIRoutesOptions): Promise<void> {
  replyWithOpenAIErrors(app, maxBody)
  app.removeAllContentTypeParsers()
  // Bodies stay bytes, which most requests leave as.
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: maxBody }, (_request, body, done) =>
    done(null, body),
  )
  type Send = (request: ClientRequest, outlet: Outlet) => Promise<void>
  const route = (path: string, send: Send) => (request: FastifyRequest, reply: FastifyReply) =>
    send(toClientRequest(request, path, proxy.passesAuthorization), createOutlet(reply))
  for (const prefix of ['/v1', '']) {
    app.post(`${prefix}/chat/completions`, route('/chat/completions', proxy.chat))
    app.post(`${prefix}/completions`, route('/completions', proxy.forward))
    app.post(`${prefix}/embeddings`, route('/embeddings', proxy.forward))
    app.get(`${prefix}/models`, route('/models', proxy.forward))
  }
}
