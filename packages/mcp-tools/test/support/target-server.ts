import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server on loopback for tools to call. */
export interface TargetServer {
  readonly origin: string
  close(): Promise<void>
}

export async function startTargetServer(
  respond: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TargetServer> {
  const server = createServer(respond).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/**
 * A target that never answers, or only with `beginning` of a longer body, and tells when a request has arrived and when
 * its connection is gone.
 */
export async function startSilentServer(
  beginning?: string,
): Promise<TargetServer & { arrived: Promise<void>; gone: Promise<void> }> {
  const arrived = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  const server = await startTargetServer((request, response) => {
    if (beginning !== undefined) response.writeHead(200, { 'content-length': 1_000_000 }).write(beginning)
    arrived.resolve()
    request.socket.once('close', () => gone.resolve())
  })
  return { ...server, arrived: arrived.promise, gone: gone.promise }
}
