import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { McpServerFactory } from '@modelcontextprotocol/server'
import type { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'

/** HTTP+SSE, the transport of protocol revision 2024-11-05, for clients that know no other. */
export interface LegacySse {
  /** Answers `GET /sse` with a stream of its own. */
  open(response: ServerResponse): Promise<void>
  /** Takes a message for one of the streams. */
  post(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}

/** More streams than any one person's clients open; each holds a server of its own. */
const maxStreams = 100

/** `endpoint` is where clients are told to post. The older SDK is loaded with the first stream. */
export function createLegacySse(build: McpServerFactory, endpoint: string, maxBodyBytes: number): LegacySse {
  const streams = new Map<string, SSEServerTransport>()
  return {
    async open(response) {
      if (streams.size >= maxStreams) {
        response.writeHead(503, { 'retry-after': '10' }).end('Too many streams')
        return
      }
      const { SSEServerTransport: Transport } = await import('@modelcontextprotocol/sdk/server/sse.js')
      const transport = new Transport(endpoint, response)
      streams.set(transport.sessionId, transport)
      transport.onclose = () => streams.delete(transport.sessionId)
      const server = await build({ era: 'legacy' })
      await server.connect(transport)
    },
    async post(request, response) {
      const session = new URL(request.url ?? '', 'http://localhost').searchParams.get('sessionId') ?? ''
      const stream = streams.get(session)
      if (stream === undefined) {
        response.writeHead(404, { connection: 'close' }).end('No such stream')
        return
      }
      const body = await readBody(request, maxBodyBytes)
      if (body === undefined) response.writeHead(413, { connection: 'close' }).end('The message is too large')
      else await stream.handlePostMessage(request, response, body)
    },
    async close() {
      await Promise.all([...streams.values()].map((transport) => transport.close()))
    },
  }
}

/** The body as text; undefined once it exceeds `limit`. */
async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  let size = 0
  async function* limited() {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) return
      yield chunk
    }
  }
  const body = await text(limited())
  return size > limit ? undefined : body
}
