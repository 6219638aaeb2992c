import type { Client, Dispatcher } from 'undici'
import { type BodyCollector, type CollectedBody, createBodyCollector } from './decode-body.ts'
import type { HttpLimits } from './limits.ts'

/** A response as far as its headers. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>
}

/** A response with as much of its body as was wanted. */
export interface ReceivedResponse extends ResponseHead {
  readonly body: CollectedBody
  /** When its headers had come, by `performance.now()`. */
  readonly headAt: number
}

interface ReceiveOptions {
  readonly limits: HttpLimits
  /** Whether the body is to be read. */
  readonly isWanted: (head: ResponseHead) => boolean
  /** Told as the body comes: bytes so far, and of how many where the server says. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined
}

/**
 * Sends one request over `client` and takes the response in, without the streams that undici would put in between:
 * they cost as much as the rest of a small request. Where it settles before the end of the body, the caller closes the
 * connection.
 */
export function receiveResponse(
  client: Client,
  request: Dispatcher.DispatchOptions,
  { limits, isWanted, onProgress }: ReceiveOptions,
): Promise<ReceivedResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<ReceivedResponse>()
  let collector: BodyCollector | undefined
  client.dispatch(request, {
    // Nothing is to be done, but undici refuses a handler without it.
    onRequestStart: () => undefined,
    onResponseStart(controller, status, rawHeaders, statusText = '') {
      // Interim responses announce the one that counts.
      if (status < 200) return
      const head = { status, statusText, headers: toPlain(rawHeaders) }
      const headAt = performance.now()
      if (!isWanted(head)) {
        resolve({ ...head, body: { bytes: Buffer.alloc(0), complete: false, wireBytes: 0 }, headAt })
        return
      }
      const total = toTotal(head, limits)
      collector = createBodyCollector({
        encoding: request.method === 'HEAD' ? undefined : toOne(head.headers['content-encoding']),
        limits,
        onBytes: (done) => onProgress?.(done, total),
        onDrain: () => controller.resume(),
      })
      collector.collected.then((body) => resolve({ ...head, body, headAt }), reject)
    },
    onResponseData(controller, chunk) {
      if (collector?.push(chunk) === false) controller.pause()
    },
    onResponseEnd: () => collector?.end(),
    onResponseError(_controller, error) {
      collector?.fail(error)
      reject(error)
    },
  })
  return promise
}

function toPlain(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) plain[name] = value
  return plain
}

/** How many bytes will be read; unknown for a packed body, whose length says nothing on where the limit cuts it. */
function toTotal({ headers }: ResponseHead, limits: HttpLimits): number | undefined {
  const length = Number(toOne(headers['content-length']))
  if (!(length > 0) || headers['content-encoding'] !== undefined) return undefined
  return Math.min(length, limits.maxWireBytes, limits.maxBodyBytes)
}

function toOne(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value
}
