import type { FastifyReply } from 'fastify'

/** Aborts when the connection closes, or at once where it has; once the answer is out, nobody listens any more. */
export function disconnectOf({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  if (raw.closed) controller.abort()
  else raw.once('close', () => controller.abort())
  return controller.signal
}
