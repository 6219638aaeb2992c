import type { FastifyInstance } from 'fastify'
import { HostError } from '../../core/errors.ts'

/** Listens, and gives the address. @throws HostError `invalid_config` with `remedy` where it cannot. */
export async function listen(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
  remedy: string,
): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HostError('invalid_config', `Cannot listen on ${host}:${port}: ${reason}. ${remedy}`)
  }
}
