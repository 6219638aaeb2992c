import type { FastifyReply } from 'fastify'
import { toHostError } from '../../../core/errors.ts'
import { sendEventStream } from '../../http/event-stream.ts'
import { createEventJson } from './event-json.ts'
import type { NumberedEvent } from './response-events.ts'

/** Sends the events of a Response as clients read them: named, with the type inside too. */
export async function sendEvents(
  reply: FastifyReply,
  open: (signal: AbortSignal) => AsyncGenerator<NumberedEvent, unknown>,
): Promise<void> {
  const toJson = createEventJson()
  let next = 0
  await sendEventStream(reply, {
    async *open(signal) {
      for await (const event of open(signal)) {
        next = event.sequence_number + 1
        yield toText(event.type, toJson(event))
      }
    },
    toFailure: (error) => toText('error', JSON.stringify(toErrorEvent(error, next))),
  })
}

function toText(type: string, json: string): string {
  return `event: ${type}\ndata: ${json}\n\n`
}

interface ErrorEvent {
  type: 'error'
  code: string
  message: string
  param: null
  sequence_number: number
}

/** What went wrong beside the Response itself. */
function toErrorEvent(error: unknown, sequence_number: number): ErrorEvent {
  const { code, message } = toHostError(error)
  return { type: 'error', code, message, param: null, sequence_number }
}
