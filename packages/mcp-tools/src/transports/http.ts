import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { buildServer } from '../server.ts'
import type { Tool } from '../tools/tool.ts'
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
 * Serves `tools` over Streamable HTTP at `/mcp` and over legacy HTTP+SSE at `/sse` and `/messages`.
 * Rejects where the address cannot be listened on.
 */
export async function serveOverHttp(tools: readonly Tool[], options: HttpOptions): Promise<HttpEndpoint> {
  const { host, token, onError } = options
  const build = () => buildServer(tools, onError)
  const anyAddress = host === '0.0.0.0' || host === '::'
  const guard = createRequestGuard({ token, hosts: [toUrlHost(host), ...options.hosts], anyAddress })
  const mcp = createMcpHandler(build, { legacy: 'stateless', onerror: onError, maxRequestBodySize: maxBodyBytes })
  const streamable = toNodeHandler(mcp, { onerror: onError, maxRequestBodySize: maxBodyBytes })
  const legacy = createLegacySse(build, '/messages', maxBodyBytes)

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!guard(request, response)) return
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/mcp') await streamable(request as Parameters<typeof streamable>[0], response)
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
      await Promise.all([mcp.close(), legacy.close()])
      // What is left are connections whose call has just been aborted, or that wait for another request.
      server.closeAllConnections()
      await closed
    },
  }
}

/** An IPv6 address goes into brackets in a URL. */
function toUrlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
