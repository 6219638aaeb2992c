import type { Socket } from 'node:net'
import { Client, type Dispatcher, errors } from 'undici'
import { ToolError } from '../../errors.ts'
import { collectBody, type CollectedBody } from './decode-body.ts'
import type { Dial } from './dialer.ts'
import type { HttpLimits } from './limits.ts'
import type { Grant } from './policy.ts'

/** One request to one granted URL. */
export interface Exchange {
  readonly grant: Grant
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  /** Where the request came from, in words that end in a space, for errors; empty for the caller's own. */
  readonly context: string
}

/** One response; redirects are left to the caller. */
export interface ExchangeResult {
  readonly status: number
  readonly statusText: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: CollectedBody
  /** The address that answered. */
  readonly remoteAddress: string
}

/** Room beside the body for what a connection carries: headers, chunk sizes, TLS records. */
const wireOverhead = 4

/**
 * Sends one request over a connection of its own and reads the response; the connection is gone when this settles.
 * A response for which `isWanted` says no is returned without its body.
 */
export async function exchange(
  { grant, headers, body, context }: Exchange,
  isWanted: (head: Dispatcher.ResponseData) => boolean,
  deps: { readonly dial: Dial; readonly limits: HttpLimits; readonly signal: AbortSignal },
): Promise<ExchangeResult> {
  const { limits, signal } = deps
  const socket = await deps.dial(grant, signal, context)
  const remoteAddress = socket.remoteAddress ?? ''
  const client = createClient(grant.url, socket, limits)
  try {
    const { origin, pathname, search } = grant.url
    const path = `${pathname}${search}`
    const head = await client.request({
      origin,
      path,
      method: grant.method,
      headers,
      body: body ?? null,
      signal,
      reset: true,
    })
    const result = {
      status: head.statusCode,
      statusText: head.statusText,
      headers: toPlain(head.headers),
      remoteAddress,
    }
    if (!isWanted(head)) {
      head.body.on('error', () => undefined)
      return { ...result, body: { bytes: Buffer.alloc(0), complete: false, wireBytes: 0 } }
    }
    const encoding = grant.method === 'HEAD' ? undefined : toOne(result.headers['content-encoding'])
    return { ...result, body: await collectBody(head.body, encoding, limits) }
  } catch (error) {
    throw toExchangeError(error, grant.url, signal, context)
  } finally {
    await client.destroy()
    socket.destroy()
  }
}

/** A client that has exactly this connection: a second one would not have been checked. */
function createClient(url: URL, socket: Socket, limits: HttpLimits): Client {
  const unused: (Socket | undefined)[] = [socket]
  capWireBytes(socket, limits)
  return new Client(url.origin, {
    connect: (_options, callback) => {
      const checked = unused.pop()
      // Not at once: the client does not notice a connection that is there before `connect` returns.
      process.nextTick(() => {
        if (checked === undefined) callback(new Error('The connection was lost.'), null)
        else callback(null, checked)
      })
    },
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: limits.maxHeaderBytes,
    // The deadline of the whole call covers both.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

/** Bytes that never become a body (endless interim responses, trailers, chunk extensions) are counted at the socket. */
function capWireBytes(socket: Socket, limits: HttpLimits): void {
  const cap = limits.maxWireBytes * wireOverhead + limits.maxHeaderBytes * wireOverhead
  socket.on('readable', () => {
    if (socket.bytesRead > cap) {
      socket.destroy(new ToolError('too_large', `The server sent more than ${cap} bytes.`))
    }
  })
}

function toPlain(headers: Dispatcher.ResponseData['headers']): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) plain[name] = value
  return plain
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
