import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { errorCodes, HostError } from '../../core/errors.ts'
import { toOpenAIError } from '../../proxy/error-answer.ts'
import { sayWhenToRetry, toKnown } from '../http/error-reply.ts'

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
  sayWhenToRetry(reply, error)
  return reply.status(errorCodes[error.code].status).send(toOpenAIError(error))
}

/** Answers what could not be read as a request at all, before any route could. */
export function replyToBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, message] = brokenRequests[error.code ?? ''] ?? ([400, 'This is not a valid HTTP request.'] as const)
  const body = JSON.stringify(toOpenAIError(new HostError('invalid_request', message)))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const brokenRequests: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive whole in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too long.'],
}
