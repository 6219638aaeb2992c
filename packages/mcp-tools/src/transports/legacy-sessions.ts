import { createHash, randomUUID } from 'node:crypto'
import {
  isInitializeRequest,
  legacyStatelessFallback,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'

/** The request's body where it is JSON, so that it is not read again. */
interface ParsedBody {
  readonly parsedBody?: unknown
}

/** Streamable HTTP as the revisions before 2026-07-28 speak it. */
export interface LegacySessions {
  /** Answers a request that has been found to be of those revisions. */
  fetch(request: Request, body: ParsedBody): Promise<Response>
  /** Ends every session and aborts its calls. */
  close(): Promise<void>
}

export interface LegacySessionsOptions {
  readonly maxBodyBytes: number
  readonly onError: (error: unknown) => void
  /** Sessions held at once. Default: 100. */
  readonly maxSessions?: number
  /** How long a session without an open response is kept, in milliseconds. Default: an hour. */
  readonly idleMs?: number
}

interface Session {
  readonly id: string
  readonly owner: string
  readonly transport: WebStandardStreamableHTTPServerTransport
  /** Responses that are still being written. */
  open: number
  expiry: NodeJS.Timeout | undefined
}

/**
 * A client that initialises gets a session, over which it can be asked things. One that does not is served request by
 * request, and so is one that comes when every session is in use.
 */
export function createLegacySessions(build: McpServerFactory, options: LegacySessionsOptions): LegacySessions {
  const { maxBodyBytes, onError, maxSessions = 100, idleMs = 3_600_000 } = options
  const stateless = legacyStatelessFallback(build, onError, { maxRequestBodySize: maxBodyBytes })
  /** The one used longest ago comes first. */
  const sessions = new Map<string, Session>()

  async function open(request: Request): Promise<Session> {
    const id = randomUUID()
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      maxRequestBodySize: maxBodyBytes,
    })
    const session: Session = { id, owner: toOwner(request), transport, open: 0, expiry: undefined }
    transport.onclose = () => {
      clearTimeout(session.expiry)
      sessions.delete(id)
    }
    const server = await build({ era: 'legacy', requestInfo: request })
    await server.connect(transport)
    return session
  }

  /** Whether there is room for another session, made where need be by ending one that nobody is waiting on. */
  async function makeRoom(): Promise<boolean> {
    if (sessions.size < maxSessions) return true
    const idle = [...sessions.values()].find((session) => session.open === 0)
    await idle?.transport.close()
    return idle !== undefined
  }

  async function serve(session: Session, request: Request, body: ParsedBody): Promise<Response> {
    clearTimeout(session.expiry)
    session.open += 1
    sessions.delete(session.id)
    sessions.set(session.id, session)
    const finish = () => leave(session)
    const handled = session.transport.handleRequest(request, body)
    handled.catch(finish)
    return onceOver(await handled, request.signal, finish)
  }

  /** A response is over; the session waits for another request, for so long. */
  function leave(session: Session): void {
    session.open -= 1
    if (session.open > 0 || !sessions.has(session.id)) return
    const close = () => void session.transport.close().catch(onError)
    // What it began with was no valid initialisation, so nobody knows of it.
    if (session.transport.sessionId === undefined) close()
    else session.expiry = setTimeout(close, idleMs).unref()
  }

  return {
    async fetch(request, body) {
      const id = request.headers.get('mcp-session-id')
      if (id !== null) {
        const session = sessions.get(id)
        // Whoever else holds the id learns no more than that.
        return session?.owner === toOwner(request) ? serve(session, request, body) : noSuchSession()
      }
      const isOpening = request.method === 'POST' && isInitializeRequest(body.parsedBody)
      return isOpening && (await makeRoom()) ? serve(await open(request), request, body) : stateless(request, body)
    },
    async close() {
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()))
    },
  }
}

/** Whoever showed the token that a session began with; the token itself is not kept. */
function toOwner({ headers }: Request): string {
  return createHash('sha256')
    .update(headers.get('authorization') ?? '')
    .digest('base64')
}

/** What tells a client to initialise again. */
function noSuchSession(): Response {
  const error = { code: -32_001, message: 'Session not found' }
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 })
}

/** The response, with `finish` called once it is written or nobody reads it any more. */
function onceOver(response: Response, signal: AbortSignal, finish: () => void): Response {
  if (response.body === null) {
    finish()
    return response
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  response.body.pipeTo(writable, { signal }).then(finish, finish)
  return new Response(readable, response)
}
