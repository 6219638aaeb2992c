import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { HostError, errorCodes, toHostError } from '../../core/errors.ts'

/** Every failure leaves as `{ error: { code, message, details? } }` with the status of its code, and nothing more. */
export function replyWithErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | HostError, request, reply) => {
    const known = toKnown(error)
    if (errorCodes[known.code].status >= 500) request.log.error({ err: error }, 'a request failed')
    return sendError(reply, known)
  })
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new HostError('not_found', `There is no ${request.method} ${request.url.split('?')[0] ?? ''} here.`),
    ),
  )
}

function sendError(reply: FastifyReply, error: HostError): FastifyReply {
  sayWhenToRetry(reply, error)
  return reply.status(errorCodes[error.code].status).send({ error: error.toBody() })
}

/** Whoever found too many runs is told when to try again, in seconds; nobody knows when one of them ends. */
export function sayWhenToRetry(reply: FastifyReply, { code }: HostError): void {
  if (code === 'too_many_runs') reply.header('retry-after', 1)
}

/** Fastify's own refusals of a body, in our codes. */
export function toKnown(error: FastifyError | HostError): HostError {
  if (error instanceof HostError) return error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HostError('payload_too_large', 'The request body is too large.', { cause: error })
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new HostError('invalid_request', 'The body must be JSON, with content-type: application/json.')
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new HostError('invalid_request', 'The body is not valid JSON.', { cause: error })
  }
  return toHostError(error)
}
