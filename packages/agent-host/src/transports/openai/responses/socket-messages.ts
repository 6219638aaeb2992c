import { z } from 'zod'
import { errorCodes, HostError, toHostError } from '../../../core/errors.ts'
import { toOpenAIError } from '../../../proxy/error-answer.ts'
import { badRequest, parseAt } from './bad-request.ts'

/** What a client sends on a WebSocket: the body of `POST /v1/responses`, named. */
export interface CreateMessage {
  body: Record<string, unknown>
  /** Repeated in every event of its Response. */
  streamId: string | undefined
}

const createMessage = z.looseObject({
  type: z.literal('response.create', 'must be "response.create"'),
  stream: z.literal(true, 'is always on over a WebSocket').nullish(),
  stream_id: z.string().max(128).nullish(),
  background: z.literal(false, 'is not for WebSockets; send it to POST /v1/responses').nullish(),
  generate: z.literal(true, 'cannot be turned off here; send the input with the first real request').nullish(),
})

/** @throws HostError `invalid_request` that names the field. */
export function readCreateMessage(text: string): CreateMessage {
  const { type: _type, stream: _stream, generate: _generate, stream_id: id, ...body } = parse(text)
  return { body, streamId: id ?? undefined }
}

function parse(text: string): z.output<typeof createMessage> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badRequest('message', 'is not valid JSON')
  }
  return parseAt(createMessage, value, '')
}

/** What went wrong, as OpenAI tells it on a WebSocket; `sequence` is the event's number in a stream that had begun. */
export function toSocketError(error: unknown, sequence: number | undefined): Record<string, unknown> {
  const known = toHostError(error)
  const { error: told } = toOpenAIError(known)
  const isLost = known.code === 'not_found' && told.param === 'previous_response_id'
  return {
    type: 'error',
    ...(isLost
      ? // Clients know this code by heart: they send the whole conversation again.
        { status: 400, error: { ...told, code: 'previous_response_not_found' } }
      : { status: errorCodes[known.code].status, error: told }),
    ...(sequence !== undefined && { sequence_number: sequence }),
  }
}

/** For a client that sends faster than it is answered. */
export function tooManyMessages(most: number): HostError {
  return new HostError('rate_limit_exceeded', `More than ${most} requests wait on this connection; open another one.`)
}
