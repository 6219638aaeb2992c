import type { ModelServer, RawRefusal } from '../backend/model-server.ts'
import type { RawAnswer, RawRequest } from '../backend/raw-exchange.ts'
import { toHostError } from '../core/errors.ts'
import { toClientHeaders } from './answer-headers.ts'
import { toErrorEvents, toOpenAIError } from './error-answer.ts'
import type { Outlet } from './outlet.ts'
import { toRefusedBody } from './refused-answer.ts'
import { createStreamTail } from './stream-tail.ts'

/** Sends a request as it is, and hands its answer on byte for byte. */
export async function passThrough(server: ModelServer, request: RawRequest, outlet: Outlet): Promise<void> {
  const answer = await server.exchange(request, outlet)
  if (answer.status >= 400) sendRefusal(answer, await server.readRefusal(answer), outlet)
  else passAnswer(answer, outlet)
}

/** A model server's refusal with its own status, in OpenAI's shape. */
export function sendRefusal(answer: RawAnswer, refused: RawRefusal, outlet: Outlet): void {
  outlet.start(answer.status, { ...toClientHeaders(answer.headers, true), 'content-type': 'application/json' })
  outlet.end(toRefusedBody(refused))
}

/** The bytes of an answer. A stream that breaks off is ended with an error event, as its status is already out. */
export function passAnswer(answer: RawAnswer, outlet: Outlet): void {
  outlet.start(answer.status, toClientHeaders(answer.headers, false))
  outlet.onDrain(answer.resume)
  if (!isEventStream(answer)) {
    answer.receive({
      data: (bytes) => outlet.write(bytes),
      end: () => outlet.end(),
      fail: (error) => outlet.fail(error),
    })
    return
  }
  const tail = createStreamTail()
  answer.receive({
    data(bytes) {
      tail.see(bytes)
      return outlet.write(bytes)
    },
    end: () => outlet.end(tail.ending()),
    fail(error) {
      outlet.end(`\n\n${toErrorEvents(toOpenAIError(toHostError(error)))}`)
    },
  })
}

export function isEventStream({ headers }: RawAnswer): boolean {
  return headers['content-type']?.startsWith('text/event-stream') ?? false
}
