import type { FastifyInstance } from 'fastify'
import { describeTool } from '../../../catalog/describe-tool.ts'
import type { Operation } from '../openapi/operation.ts'
import type { Served } from '../served.ts'
import { toolsAnswer } from './answers.ts'

const operation: Operation = {
  tag: 'service',
  summary: 'List the tools',
  answers: { 200: { description: 'Every tool that a run can call.', schema: toolsAnswer } },
}

/** `GET /api/tools`: every tool that a run can call. */
export function toolsRoute(app: FastifyInstance, { service }: Served): void {
  app.get('/api/tools', { config: { operation } }, async () => ({ tools: (await service.tools()).map(describeTool) }))
}
