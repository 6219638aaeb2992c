import type { FastifyInstance } from 'fastify'
import { describeTool } from '../../../catalog/describe-tool.ts'
import type { Served } from '../served.ts'

/** `GET /api/tools`: every tool that a run can call. */
export function toolsRoute(app: FastifyInstance, { service }: Served): void {
  app.get('/api/tools', async () => ({ tools: (await service.tools()).map(describeTool) }))
}
