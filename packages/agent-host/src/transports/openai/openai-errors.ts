import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { errorCodes, HostError } from '../../core/errors.ts'
import { toOpenAIError } from '../../proxy/error-answer.ts'
import { toKnown } from '../http/error-reply.ts'

/** Every failure on these routes leaves in OpenAI's shape, with the status of its code. */
export function replyWithOpenAIErrors(app: FastifyInstance, maxBody: number): void {
  app.setErrorHandler((error: FastifyError | HostError, request, reply) => {
    const known = toKnown(error)
    if (known.code === 'internal') request.log.error({ err: error }, 'a request failed')
    if (reply.sent) return reply
    return sendError(
      reply,
      known.code === 'payload_too_large' ? new HostError(known.code, tooLarge(maxBody), { cause: error }) : known,
    )
  })
}

/** Answers in the same shape what is not there, for the whole app or for the prefix of a plugin. */
export function replyToStrangers(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    return sendError(reply, new HostError('not_found', `There is no ${request.method} ${path} here.`))
  })
}

function tooLarge(maxBody: number): string {
  return `The request body is longer than ${maxBody} bytes. PROXY_MAX_BODY sets how long it may be.`
}

function sendError(reply: FastifyReply, error: HostError): FastifyReply {
  return reply.status(errorCodes[error.code].status).send(toOpenAIError(error))
}
