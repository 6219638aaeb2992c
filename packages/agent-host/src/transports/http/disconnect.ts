import type { FastifyReply } from 'fastify'

/** Aborts when the connection closes; once the answer is out, nobody listens any more. */
export function disconnectOf({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => controller.abort())
  return controller.signal
}
