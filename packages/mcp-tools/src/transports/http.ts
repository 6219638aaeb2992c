import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, isLegacyRequest, type McpServerFactory } from '@modelcontextprotocol/server'
import { createLegacySessions } from './legacy-sessions.ts'
import { createLegacySse } from './legacy-sse.ts'
import { createRequestGuard } from './request-guard.ts'

export interface HttpOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly token: string | undefined
  /** Host names accepted besides loopback's own and `host`. */
  readonly hosts: readonly string[]
  /** Told of what goes wrong beside the answers. */
  readonly onError: (error: unknown) => void
}

export interface HttpEndpoint {
  /** Where it listens, such as `http://127.0.0.1:3001`. */
  readonly origin: string
  /** Stops listening, ends every stream and aborts every running call. */
  close(): Promise<void>
}

/** Larger than any call of these tools; anything more is refused with 413. */
const maxBodyBytes = 4_194_304

/** A client that takes longer to send its request is not one. */
const requestTimeoutMs = 30_000

/**
 * Serves what `build` makes over Streamable HTTP at `/mcp` and over legacy HTTP+SSE at `/sse` and `/messages`.
 * Rejects where the address cannot be listened on.
 */
export async function serveOverHttp(build: McpServerFactory, options: HttpOptions): Promise<HttpEndpoint> {
  const { host, token, onError } = options
  const anyAddress = host === '0.0.0.0' || host === '::'
  const guard = createRequestGuard({ token, hosts: [toUrlHost(host), ...options.hosts], anyAddress })
  const streamable = createStreamable(build, onError)
  const legacy = createLegacySse(build, '/messages', maxBodyBytes)

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!guard(request, response)) return
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/mcp') await streamable.handle(request as Parameters<typeof streamable.handle>[0], response)
    else if (pathname === '/sse' && request.method === 'GET') await legacy.open(response)
    else if (pathname === '/messages' && request.method === 'POST') await legacy.post(request, response)
    else response.writeHead(404, { connection: 'close' }).end('MCP is at /mcp; legacy HTTP+SSE at /sse')
  }

  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    route(request, response).catch((error: unknown) => {
      onError(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { connection: 'close' }).end('Internal error')
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, host, resolve)
  })
  server.on('error', onError)
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://${toUrlHost(host)}:${port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      // Cut, not ended: a client would wait on for the answer to a call whose stream merely ends.
      server.closeAllConnections()
      await Promise.all([streamable.close(), legacy.close(), closed])
    },
  }
}

/** `/mcp`: requests of 2026-07-28 each stand for themselves, earlier ones may belong to a session. */
function createStreamable(build: McpServerFactory, onError: (error: unknown) => void) {
  const modern = createMcpHandler(build, { legacy: 'reject', onerror: onError, maxRequestBodySize: maxBodyBytes })
  const legacy = createLegacySessions(build, { onError, maxBodyBytes })

  async function fetch(request: Request): Promise<Response> {
    const parsedBody = await readJson(request)
    const options = parsedBody === undefined ? {} : { parsedBody }
    const isLegacy = await isLegacyRequest(request, parsedBody)
    return isLegacy ? legacy.fetch(request, options) : modern.fetch(request, options)
  }

  return {
    handle: toNodeHandler({ fetch }, { onerror: onError, maxRequestBodySize: maxBodyBytes }),
    close: () => Promise.all([modern.close(), legacy.close()]),
  }
}

/** The body, if it is JSON: once for whoever needs it. What is not is left to them to refuse. */
async function readJson(request: Request): Promise<unknown> {
  if (request.method !== 'POST') return undefined
  return request
    .clone()
    .json()
    .catch(() => undefined)
}

/** An IPv6 address goes into brackets in a URL. */
function toUrlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
