import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HostError } from '../../../core/errors.ts'
import { disconnectOf } from '../../http/disconnect.ts'
import { parseAt } from './bad-request.ts'
import { conversationRoutes } from './conversation-routes.ts'
import { throwIfOverlong } from './over-long.ts'
import type { ResponseObject } from './response-events.ts'
import { responseOperations as operations, retrieveQuery } from './operations.ts'
import { serveSocket } from './socket-connection.ts'
import { sendEvents } from './send-events.ts'
import { listQuery, toJson, toList } from './wire.ts'
import type { OpenResponse, ResponsesService } from './service.ts'

interface WithId {
  Params: { id: string }
}

/** `/responses` and what is below it. */
export function responsesRoutes(app: FastifyInstance, service: ResponsesService): void {
  conversationRoutes(app, service.conversations)
  app.post('/responses', { config: { operation: operations.create } }, (request, reply) =>
    create(service, request, reply),
  )
  app.post('/responses/input_tokens', { config: { operation: operations.inputTokens } }, ({ body }) =>
    service.inputTokens(toJson(body)),
  )
  app.post('/responses/compact', { config: { operation: operations.compact } }, ({ body }) =>
    service.compact(toJson(body)),
  )
  app.route({
    method: 'GET',
    url: '/responses',
    config: { operation: operations.socket },
    handler: () => {
      throw new HostError('not_found', 'GET /v1/responses is for WebSockets only, and POST for everything else.')
    },
    wsHandler: (socket, request) => serveSocket(socket, { service, charge: () => request.charge(), log: request.log }),
  })
  app.get<WithId>('/responses/:id', { config: { operation: operations.retrieve } }, (request, reply) =>
    retrieve(service, request, reply),
  )
  app.delete<WithId>('/responses/:id', { config: { operation: operations.delete } }, async ({ params: { id } }) => {
    await service.delete(id)
    return { id, object: 'response', deleted: true }
  })
  app.post<WithId>('/responses/:id/cancel', { config: { operation: operations.cancel } }, ({ params: { id } }) =>
    service.cancel(id),
  )
  app.get<WithId>(
    '/responses/:id/input_items',
    { config: { operation: operations.inputItems } },
    async ({ params: { id }, query }) => toList(await service.inputItems(id), parseAt(listQuery, query, '')),
  )
}

async function create(service: ResponsesService, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const body = toJson(request.body)
  const response = await service.create(body)
  const streams = typeof body === 'object' && body !== null && 'stream' in body && body.stream === true
  if (streams) return await sendEvents(reply, (signal) => response.events(signal))
  if (response.background) return response.created
  return await readWhole(response, reply)
}

/** The end of a Response that is not streamed; a client that hangs up ends it early. */
async function readWhole(response: OpenResponse, reply: FastifyReply): Promise<ResponseObject> {
  const gone = disconnectOf(reply)
  const events = response.events(gone)
  while (true) {
    const next = await events.next()
    if (gone.aborted) throw new HostError('cancelled', 'The client hung up.')
    if (next.done !== true) continue
    throwIfOverlong(next.value)
    return next.value
  }
}

async function retrieve(
  service: ResponsesService,
  { params: { id }, query }: FastifyRequest<WithId>,
  reply: FastifyReply,
): Promise<unknown> {
  const { stream, starting_after: after = -1 } = parseAt(retrieveQuery, query, '')
  if (!stream) return await service.retrieve(id)
  return await sendEvents(reply, (signal) => service.replay(id, after, signal))
}
