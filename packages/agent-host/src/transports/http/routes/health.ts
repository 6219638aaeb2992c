import type { FastifyInstance } from 'fastify'
import { version } from '../../../version.ts'
import type { Served } from '../served.ts'

/**
 * `GET /health`: the process, the model server and each MCP server; 503 where no run can succeed. A caller without the
 * key that is asked for gets the status alone.
 */
export function healthRoute(app: FastifyInstance, { service }: Served): void {
  app.get('/health', async (request, reply) => {
    const { status, ...parts } = await service.health()
    const uptime_s = Math.round(process.uptime())
    return reply
      .status(status === 'unavailable' ? 503 : 200)
      .send(request.trusted ? { status, version, uptime_s, ...parts } : { status })
  })
}
