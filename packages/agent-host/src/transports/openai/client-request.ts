import type { FastifyRequest } from 'fastify'
import type { ClientRequest } from '../../proxy/service.ts'

/** Headers of a client that mean something to a model server or to those who trace requests. */
const passed = [
  'x-request-id',
  'traceparent',
  'tracestate',
  'idempotency-key',
  'openai-organization',
  'openai-project',
  'openai-beta',
] as const

/** A client's request for the model server, at `path` below the version path. */
export function toClientRequest(request: FastifyRequest, path: string, withAuthorization: boolean): ClientRequest {
  const headers: Record<string, string> = {}
  for (const name of passed) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  const { authorization } = request.headers
  if (withAuthorization && authorization !== undefined) headers.authorization = authorization
  const query = request.url.indexOf('?')
  const body = request.body as Buffer | undefined
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    path: query === -1 ? path : path + request.url.slice(query),
    headers,
    ...(body && { body }),
  }
}
