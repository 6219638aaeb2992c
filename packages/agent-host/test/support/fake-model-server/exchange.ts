import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/** A message of a request, as a client sent it. */
export interface SentMessage {
  role?: string
  content?: unknown
  [field: string]: unknown
}

/** The JSON body of a request, as a client sent it. */
export interface SentBody {
  model?: string
  messages?: SentMessage[]
  tools?: { type?: string; function?: { name?: string; parameters?: unknown } }[]
  functions?: { name?: string; parameters?: unknown }[]
  stream?: boolean
  [field: string]: unknown
}

/** One entry of the fake server's log. It goes on changing until `closed` resolves. */
export interface FakeRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: string
  readonly headers: IncomingHttpHeaders
  /** The parsed body; an empty object where there was none. */
  readonly body: SentBody
  /** The body as it came. */
  readonly bytes: Buffer
  /** The status that was sent, once it was. */
  readonly status: number | undefined
  /** The client or the server broke the connection before the answer was whole. */
  aborted: boolean
  /** Resolves when the exchange is over, whole or aborted. */
  readonly closed: Promise<void>
}

/** One request, and the response that its reply is written to. */
export interface Exchange {
  request: FakeRequest
  response: ServerResponse
  /** Aborted when the exchange is over. */
  signal: AbortSignal
}

/** Reads a request whole; `undefined` where the client left before it was. */
export async function readExchange(message: IncomingMessage, response: ServerResponse): Promise<Exchange | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer)
  } catch {
    // A client that leaves in the middle of its own request gets no answer and no entry in the log.
    return undefined
  }
  const bytes = Buffer.concat(chunks)
  const url = new URL(message.url ?? '/', 'http://fake.invalid')
  const over = new AbortController()
  const request: FakeRequest = {
    method: message.method ?? '',
    path: url.pathname,
    query: url.search,
    headers: message.headers,
    body: parseBody(bytes),
    bytes,
    get status() {
      return response.headersSent ? response.statusCode : undefined
    },
    aborted: false,
    closed: new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve(), { once: true })),
  }
  const close = (): void => {
    request.aborted = !response.writableFinished
    over.abort()
  }
  if (response.closed) close()
  else response.once('close', close)
  return { request, response, signal: over.signal }
}

function parseBody(bytes: Buffer): SentBody {
  try {
    return JSON.parse(bytes.toString() || '{}')
  } catch {
    // A test that sends bad JSON finds it in `bytes`.
    return {}
  }
}
