import { errors } from 'undici'
import { ToolError } from '../../errors.ts'
import { type ConnectionPool, toPoolKey } from './connection-pool.ts'
import { createConnection, type HttpConnection, type TlsInfo } from './connection.ts'
import type { CollectedBody } from './decode-body.ts'
import type { Dial, DialTiming } from './dialer.ts'
import { toSecretHeaders, toSentUrl } from './identity.ts'
import type { HttpLimits } from './limits.ts'
import type { Grant, Policy } from './policy.ts'
import { isIdempotent } from './idempotent.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { receiveResponse, type ResponseHead } from './receive-response.ts'

/** One response; redirects are left to the caller. */
export interface ExchangeResult extends ResponseHead {
  readonly body: CollectedBody
  /** The address that answered. */
  readonly remoteAddress: string
  readonly timing: ExchangeTiming
  /** Absent over plain HTTP. */
  readonly tls?: TlsInfo
}

/** Told as a body comes: bytes so far, and of how many where the server says. */
export type OnProgress = (done: number, total: number | undefined) => void

/** Milliseconds. The steps of making a connection are absent where one was used again. */
export interface ExchangeTiming extends Partial<DialTiming> {
  /** From sending the request to the end of the response's headers. */
  readonly firstByteMs: number
  /** The whole exchange. */
  readonly totalMs: number
}

interface ExchangeDeps {
  readonly dial: Dial
  readonly pool: ConnectionPool
  readonly policy: Policy
  readonly limits: HttpLimits
  readonly signal: AbortSignal
  readonly onProgress?: OnProgress | undefined
}

/** Whether the body of the response with this head is to be read. */
export type IsWanted = (head: ResponseHead) => boolean

/**
 * Sends one request and reads the response, over a kept connection that the policy still allows, or else a new one;
 * always a new one after a redirect.
 * A response for which `isWanted` says no is returned without its body. Unless the whole response was read, the
 * connection is closed when this settles.
 */
export async function exchange(
  request: OutgoingRequest,
  isWanted: IsWanted,
  deps: ExchangeDeps,
): Promise<ExchangeResult> {
  const startedAt = performance.now()
  const { grant, context } = request
  const key = toPoolKey(request)
  // A redirect is judged like a first request, by a lookup of its own.
  const kept = context === '' ? await takeAllowed(key, grant, deps) : undefined
  if (kept !== undefined) {
    const bytesBefore = kept.bytesRead()
    try {
      return await sendOver(kept, request, isWanted, startedAt, deps)
    } catch (error) {
      // Servers close idle connections just when they are used again; only what did not begin to answer is sent twice.
      const isUnanswered =
        error instanceof ToolError && error.code === 'connect_failed' && kept.bytesRead() === bytesBefore
      if (!isUnanswered || !isIdempotent(request) || deps.signal.aborted) throw error
    }
  }
  const dialled = await deps.dial(grant, deps.signal, context)
  const fresh = createConnection(key, grant.url, dialled, deps.limits)
  const result = await sendOver(fresh, request, isWanted, startedAt, deps)
  return { ...result, timing: { ...dialled.timing, ...result.timing } }
}

/** The networks of this machine may have changed since the address was judged. */
async function takeAllowed(
  key: string,
  grant: Grant,
  { pool, policy }: ExchangeDeps,
): Promise<HttpConnection | undefined> {
  const kept = pool.take(key)
  if (kept === undefined || policy.judgeAddress(kept.remoteAddress, grant).allowed) return kept
  await kept.destroy()
  return undefined
}

async function sendOver(
  connection: HttpConnection,
  { grant, headers, body, context }: OutgoingRequest,
  isWanted: IsWanted,
  startedAt: number,
  { pool, limits, signal, onProgress }: ExchangeDeps,
): Promise<ExchangeResult> {
  let isReusable = false
  const onAbort = () => connection.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    connection.allowMoreBytes()
    const sentAt = performance.now()
    const { origin, pathname, search } = toSentUrl(grant)
    const { headAt, ...received } = await receiveResponse(
      connection.client,
      {
        origin,
        path: `${pathname}${search}`,
        method: grant.method,
        headers: { ...headers, ...toSecretHeaders(grant) },
        body: body ?? null,
      },
      { limits, isWanted, onProgress },
    )
    isReusable = received.body.complete
    return {
      ...received,
      remoteAddress: connection.remoteAddress,
      timing: { firstByteMs: headAt - sentAt, totalMs: performance.now() - startedAt },
      ...(connection.tls !== undefined && { tls: connection.tls }),
    }
  } catch (error) {
    throw toExchangeError(error, grant.url, signal, context)
  } finally {
    signal.removeEventListener('abort', onAbort)
    const spare = isReusable ? pool.put(connection) : connection
    if (spare !== undefined) await spare.destroy()
  }
}

function toExchangeError(error: unknown, url: URL, signal: AbortSignal, context: string): unknown {
  if (error instanceof ToolError) return error
  if (signal.aborted) return signal.reason
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new ToolError('too_large', `${context}The headers from ${url.host} exceed the limit.`, { cause: error })
  }
  if (error instanceof errors.HTTPParserError || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return new ToolError('bad_response', `${context}${url.host} did not answer in valid HTTP.`, { cause: error })
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new ToolError('invalid_header', `The request cannot be sent: ${String(error)}`, { cause: error })
  }
  return new ToolError('connect_failed', `${context}The connection to ${url.host} was lost.`, { cause: error })
}
