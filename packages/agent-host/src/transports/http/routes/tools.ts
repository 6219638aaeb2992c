import type { FastifyInstance } from 'fastify'
import type { AgentService } from '../../../agent/service.ts'
import { describeTool } from '../../../catalog/describe-tool.ts'

/** `GET /api/tools`: every tool that a run can call. */
export function toolsRoute(app: FastifyInstance, service: AgentService): void {
  app.get('/api/tools', async () => ({ tools: (await service.tools()).map(describeTool) }))
}
