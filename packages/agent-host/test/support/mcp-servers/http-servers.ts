import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { buildModernServer } from './modern-server.ts'
import { buildOlderServer } from './older-server.ts'
import { createTestTools } from './tools.ts'

export interface TestHttpServer extends AsyncDisposable {
  url: string
  port: number
  /** Method, path and the headers of every request, oldest first. */
  readonly requests: readonly Pick<IncomingMessage, 'method' | 'url' | 'headers'>[]
  /** Tells every client that the list of tools changed, where a server has no session of its own to do so. */
  toolsChanged(): void
  close(): Promise<void>
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** 2026-07-28 over HTTP, without sessions. */
export function serveModernHttp(port = 0): Promise<TestHttpServer> {
  const tools = createTestTools()
  const handler = createMcpHandler(() => buildModernServer(tools), { legacy: 'stateless' })
  const handle: Handle = async (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const answer = await handler.fetch(await toWebRequest(request, gone.signal))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.flushHeaders()
    if (answer.body) await pipeline(Readable.fromWeb(answer.body), response)
    else response.end()
  }
  return listen(port, '/mcp', handle, () => handler.notify.toolsChanged())
}

/** The older protocol over Streamable HTTP, with sessions that are gone when the server is. */
export function serveOlderHttp(port = 0): Promise<TestHttpServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const tools = createTestTools()
  return listen(port, '/mcp', async (request, response) => {
    const id = request.headers['mcp-session-id']
    const known = typeof id === 'string' ? sessions.get(id) : undefined
    if (known) return known.handleRequest(request, response)
    if (id !== undefined) {
      const error = { jsonrpc: '2.0', id: null, error: { code: -32_001, message: 'Session not found' } }
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(error))
      return
    }
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (session) => void sessions.set(session, transport),
    })
    await buildOlderServer(tools).connect(transport)
    await transport.handleRequest(request, response)
  })
}

/** The older protocol over HTTP+SSE, which refuses a POST to its stream as such servers do. */
export function serveSse(port = 0): Promise<TestHttpServer> {
  const sessions = new Map<string, SSEServerTransport>()
  const tools = createTestTools()
  return listen(port, '/sse', async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://test.invalid')
    const known = sessions.get(searchParams.get('sessionId') ?? '')
    if (request.method === 'POST' && known) return known.handlePostMessage(request, response)
    if (request.method !== 'GET' || pathname !== '/sse') {
      response.writeHead(405).end()
      return
    }
    const transport = new SSEServerTransport('/messages', response)
    sessions.set(transport.sessionId, transport)
    await buildOlderServer(tools).connect(transport)
  })
}

async function listen(
  port: number,
  path: string,
  handle: Handle,
  toolsChanged: () => void = () => {},
): Promise<TestHttpServer> {
  const requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = []
  const server = createServer((request, response) => {
    const { method, url, headers } = request
    requests.push({ method, url, headers })
    // A client that leaves in the middle of an answer is part of what is tested.
    handle(request, response).catch(() => response.destroy())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port
  const close = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    server.closeAllConnections()
    await closed
  }
  const url = `http://127.0.0.1:${bound}${path}`
  return { url, port: bound, requests, toolsChanged, close, [Symbol.asyncDispose]: close }
}

async function toWebRequest(request: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)])
  const { method = 'GET' } = request
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const url = `http://${request.headers.host}${request.url}`
  return new Request(url, { method, headers, signal, ...(hasBody && { body: Buffer.concat(chunks) }) })
}
