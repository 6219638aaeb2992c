import { Agent, type Dispatcher, errors, request } from 'undici'
import { HostError, toHostError } from '../core/errors.ts'
import { type Cancellation, exchangeRaw, type RawAnswer, type RawRequest } from './raw-exchange.ts'

export interface HttpClientOptions {
  /** Base URL with its version path and no `/` at the end, like `http://127.0.0.1:8000/v1`. */
  url: string
  apiKey?: string | undefined
  /** How long the server may take to answer, or be silent in the middle of it, in milliseconds. */
  timeoutMs: number
}

/** Plain HTTP to one model server, its failures told in words. Refusals (status 400 and up) are the caller's. */
export interface HttpClient {
  readonly url: string
  send(call: {
    path: string
    body?: unknown
    signal?: AbortSignal | undefined
    /** The path is the server's own, not below its version path. Default false. */
    atOrigin?: boolean
  }): Promise<Dispatcher.ResponseData>
  /** Bytes as they are, both ways. */
  exchange(call: RawRequest, until: Cancellation): Promise<RawAnswer>
  /** The same text with the API key taken out, for words that come from the server. */
  redact(text: string): string
  /** A failure of the connection as a HostError; anything else comes back as it was. */
  explain(error: unknown): unknown
  close(): Promise<void>
}

const connectTimeoutMs = 10_000

export function createHttpClient({ url, apiKey, timeoutMs }: HttpClientOptions): HttpClient {
  const agent = new Agent({
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: Math.min(connectTimeoutMs, timeoutMs) },
  })
  const headers = { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) }
  const explain = (error: unknown): unknown => explainFailure(error, url, timeoutMs)
  const { origin, pathname } = new URL(url)
  return {
    url,
    explain,
    redact: (text) => (apiKey ? text.replaceAll(apiKey, '***') : text),
    async send({ path, body, signal, atOrigin = false }) {
      const options = { dispatcher: agent, headers, ...(signal && { signal }) }
      const target = (atOrigin ? origin : url) + path
      try {
        return body === undefined
          ? await request(target, options)
          : await request(target, { ...options, method: 'POST', body: JSON.stringify(body) })
      } catch (error) {
        throw explain(error)
      }
    },
    exchange: (call, until) =>
      exchangeRaw({
        dispatcher: agent,
        origin,
        request: { ...call, path: pathname + call.path, headers: { ...headers, ...call.headers } },
        until,
        explain: (error) => toHostError(explain(error)),
      }),
    close: () => agent.destroy(),
  }
}

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])
const broken = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'])

function explainFailure(error: unknown, url: string, timeoutMs: number): unknown {
  const code = codeOf(error)
  if (error instanceof errors.ConnectTimeoutError || unreachable.has(code) || isTlsFailure(code)) {
    return new HostError('model_unreachable', `No model server answers at ${url} (${code}). Is it running?`, {
      cause: error,
      details: { server: url },
    })
  }
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    const message = `The model server ${url} was silent for ${timeoutMs / 1000} s. REQUEST_TIMEOUT sets how long it may be.`
    return new HostError('model_timeout', message, { cause: error, details: { server: url } })
  }
  if (error instanceof errors.HTTPParserError) {
    return new HostError('model_failed', `What answers at ${url} does not speak HTTP. Is it a model server?`, {
      cause: error,
      details: { server: url },
    })
  }
  if (broken.has(code)) {
    const message = `The model server ${url} broke the connection (${code}) before its answer was whole.`
    return new HostError('model_failed', message, { cause: error, details: { server: url, broken: true } })
  }
  return error
}

/** Node gathers the attempts on each address of a name in an AggregateError that carries the first one's code. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

function isTlsFailure(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)
}
