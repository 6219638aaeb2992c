import { type Dispatcher, errors } from 'undici'
import { ToolError } from '../../errors.ts'
import { type ConnectionPool, toPoolKey } from './connection-pool.ts'
import { createConnection, type HttpConnection, type TlsInfo } from './connection.ts'
import { collectBody, type CollectedBody } from './decode-body.ts'
import type { Dial, DialTiming } from './dialer.ts'
import { toSecretHeaders, toSentUrl } from './identity.ts'
import type { HttpLimits } from './limits.ts'
import type { Grant, Policy } from './policy.ts'
import { isIdempotent } from './idempotent.ts'
import type { OutgoingRequest } from './outgoing-request.ts'

/** One response; redirects are left to the caller. */
export interface ExchangeResult {
  readonly status: number
  readonly statusText: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>
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
export type IsWanted = (head: Dispatcher.ResponseData) => boolean

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
  try {
    connection.allowMoreBytes()
    const sentAt = performance.now()
    const { origin, pathname, search } = toSentUrl(grant)
    const head = await connection.client.request({
      origin,
      path: `${pathname}${search}`,
      method: grant.method,
      headers: { ...headers, ...toSecretHeaders(grant) },
      body: body ?? null,
      signal,
    })
    const firstByteMs = performance.now() - sentAt
    const plain = toPlain(head.headers)
    const encoding = grant.method === 'HEAD' ? undefined : toOne(plain['content-encoding'])
    const total = toTotal(plain, limits)
    const onBytes = (done: number) => onProgress?.(done, total)
    const collected = isWanted(head) ? await collectBody(head.body, encoding, limits, onBytes) : skipBody(head.body)
    isReusable = collected.complete
    return {
      status: head.statusCode,
      statusText: head.statusText,
      headers: plain,
      body: collected,
      remoteAddress: connection.remoteAddress,
      timing: { firstByteMs, totalMs: performance.now() - startedAt },
      ...(connection.tls !== undefined && { tls: connection.tls }),
    }
  } catch (error) {
    throw toExchangeError(error, grant.url, signal, context)
  } finally {
    await (isReusable ? pool.put(connection) : connection.destroy())
  }
}

function skipBody(body: Dispatcher.ResponseData['body']): CollectedBody {
  body.on('error', () => undefined)
  return { bytes: Buffer.alloc(0), complete: false, wireBytes: 0 }
}

function toPlain(headers: Dispatcher.ResponseData['headers']): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) plain[name] = value
  return plain
}

/** How many bytes will be read; unknown for a packed body, whose length says nothing on where the limit cuts it. */
function toTotal(headers: ExchangeResult['headers'], limits: HttpLimits): number | undefined {
  const length = Number(toOne(headers['content-length']))
  if (!(length > 0) || headers['content-encoding'] !== undefined) return undefined
  return Math.min(length, limits.maxWireBytes, limits.maxBodyBytes)
}

function toOne(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value
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
