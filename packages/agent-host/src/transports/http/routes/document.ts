import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteOperation } from '../openapi/collect-operations.ts'
import type { Operation } from '../openapi/operation.ts'

const json: Operation = {
  tag: 'service',
  summary: 'Read this description of all routes',
  open: true,
  answers: { 200: { description: 'An OpenAPI 3.1 document.', schema: z.looseObject({ openapi: z.string() }) } },
}

const page: Operation = {
  tag: 'service',
  summary: 'Read it as a page',
  open: true,
  answers: { 200: { description: 'A page that loads nothing else.', schema: z.string(), type: 'text/html' } },
}

const root: Operation = {
  tag: 'service',
  summary: 'Go to the page of all routes',
  open: true,
  answers: { 302: { description: 'It is at `/docs`.' } },
}

/** `GET /openapi.json` and `GET /docs`, made when they are first asked for. None needs a key: they tell no secret. */
export function documentRoutes(app: FastifyInstance, operations: readonly RouteOperation[]): void {
  let made: Promise<{ text: string; html: string }> | undefined
  app.get('/openapi.json', { config: { operation: json } }, async (_request, reply) => {
    made ??= make(operations)
    return reply.type('application/json; charset=utf-8').send((await made).text)
  })
  // Whoever opens the address that the service prints is to see what it is.
  app.get('/', { config: { operation: root } }, (_request, reply) => reply.redirect('/docs'))
  app.get('/docs', { config: { operation: page } }, async (_request, reply) => {
    made ??= make(operations)
    return reply
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .type('text/html; charset=utf-8')
      .send((await made).html)
  })
}

async function make(operations: readonly RouteOperation[]): Promise<{ text: string; html: string }> {
  const [{ toDocument }, { toPage }] = await Promise.all([
    import('../openapi/document.ts'),
    import('../openapi/page.ts'),
  ])
  const document = toDocument(operations)
  return { text: JSON.stringify(document), html: toPage(document) }
}
