import type { FastifyInstance } from 'fastify'
import type { Operation } from './operation.ts'

export interface RouteOperation {
  method: string
  /** As Fastify has it: `/runs/:id`. */
  url: string
  operation: Operation
}

/** What stands for a route that nobody described, which a test finds. */
const undescribed: Operation = {
  tag: 'service',
  summary: 'Not described yet',
  answers: { 200: { description: 'Not described yet.' } },
}

/** Gathers every route that is added from here on. */
export function collectOperations(app: FastifyInstance): readonly RouteOperation[] {
  const found: RouteOperation[] = []
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const each of [method].flat()) {
      // Fastify answers HEAD for each GET.
      if (each === 'HEAD' || each === 'OPTIONS') continue
      found.push({ method: each.toLowerCase(), url, operation: config?.operation ?? undescribed })
    }
  })
  return found
}
