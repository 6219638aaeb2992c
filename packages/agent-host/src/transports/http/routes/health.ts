import type { FastifyInstance } from 'fastify'
import { version } from '../../../version.ts'
import type { Operation } from '../openapi/operation.ts'
import type { Served } from '../served.ts'
import { healthAnswer } from './answers.ts'

const operation: Operation = {
  tag: 'service',
  summary: 'Ask how it is',
  open: true,
  answers: {
    200: { description: 'Runs can succeed.', schema: healthAnswer },
    503: { description: 'No run can succeed: the model server does not answer.', schema: healthAnswer },
  },
}

/**
 * `GET /health`: the process, the model server and each MCP server; 503 where no run can succeed. A caller without the
 * key that is asked for gets the status alone.
 */
export function healthRoute(app: FastifyInstance, { service }: Served): void {
  app.get('/health', { config: { operation } }, async (request, reply) => {
    const { status, ...parts } = await service.health()
    const uptime_s = Math.round(process.uptime())
    return reply
      .status(status === 'unavailable' ? 503 : 200)
      .send(request.trusted ? { status, version, uptime_s, ...parts } : { status })
  })
}
