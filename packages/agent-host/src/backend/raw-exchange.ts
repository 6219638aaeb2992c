import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** A request to a model server that is sent as it is. */
export interface RawRequest {
  method: 'GET' | 'POST'
  /** Below the version path, with the query: `/chat/completions?x=1`. */
  path: string
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array | string
}

/** Takes the bytes of an answer. After `end` or `fail` nothing more is called. */
export interface AnswerReceiver {
  /** False where it can take no more until {@link RawAnswer.resume} is called. */
  data(bytes: Buffer): boolean
  end(): void
  /** The connection failed before the answer was whole. */
  fail(error: Error): void
}

/** An answer whose status is known. Its body waits until it is received, or is given up with `cancel`. */
export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  receive(receiver: AnswerReceiver): void
  resume(): void
  /** Ends the connection, which is how the server learns to stop computing. The receiver is told nothing more. */
  cancel(): void
}

/** What may end an exchange early. It has one listener, the last one given: nothing has to be taken away after use. */
export interface Cancellation {
  isCancelled(): boolean
  onCancel(listener: () => void): void
}

export function fromSignal(signal: AbortSignal): Cancellation {
  return {
    isCancelled: () => signal.aborted,
    onCancel(listener) {
      signal.addEventListener('abort', listener, { once: true })
    },
  }
}

interface Exchange {
  dispatcher: Dispatcher
  origin: string
  request: RawRequest
  until: Cancellation
  /** Makes a failure of the connection one of ours. */
  explain(error: Error): Error
}

/**
 * Sends a request and gives the answer once its status is there. undici's own `request` and `stream` make a Node stream
 * of every answer; a proxy hands each piece on at once and needs none.
 */
export function exchangeRaw({ dispatcher, origin, request, until, explain }: Exchange): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let receiver: AnswerReceiver | undefined
    const cancel = (): void => {
      receiver = silent
      controller?.abort(cancelled())
    }
    const abort = (): void => {
      const told = receiver
      cancel()
      told?.fail(cancelled())
      reject(cancelled())
    }
    if (until.isCancelled()) return abort()
    until.onCancel(abort)
    dispatcher.dispatch(
      {
        origin,
        path: request.path,
        method: request.method,
        headers: request.headers ?? {},
        body: request.body ?? null,
      },
      {
        onRequestStart(started) {
          controller = started
          if (until.isCancelled()) started.abort(cancelled())
        },
        onResponseStart(started, status, headers) {
          if (status < 200) return
          started.pause()
          resolve({
            status,
            headers,
            cancel,
            resume: () => started.resume(),
            receive(given) {
              receiver = given
              started.resume()
            },
          })
        },
        onResponseData(started, bytes) {
          if (receiver && !receiver.data(bytes)) started.pause()
        },
        onResponseEnd() {
          receiver?.end()
        },
        onResponseError(_started, error) {
          if (receiver) receiver.fail(explain(error))
          else reject(explain(error))
        },
      },
    )
  })
}

function cancelled(): Error {
  return new DOMException('The request was cancelled.', 'AbortError')
}

const silent: AnswerReceiver = { data: () => true, end() {}, fail() {} }

/** The whole body, or its first `limit` bytes. */
export function readBytes(answer: RawAnswer, limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    const whole = (): void => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces))
    answer.receive({
      data(bytes) {
        pieces.push(bytes.subarray(0, limit - size))
        size += bytes.length
        if (size < limit) return true
        answer.cancel()
        whole()
        return true
      },
      end: whole,
      fail: reject,
    })
  })
}
