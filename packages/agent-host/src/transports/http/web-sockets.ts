import type { IncomingMessage, ServerOptions } from 'node:http'
import webSocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'

/**
 * Lets routes take WebSockets, with messages of at most `maxMessage` bytes. To be called before any hook that refuses
 * requests, as the sockets of refused ones would stay open otherwise.
 */
export async function acceptWebSockets(app: FastifyInstance, maxMessage: number): Promise<void> {
  await app.register(webSocket, { options: { maxPayload: maxMessage } })
}

/** What Node's types do not have yet. */
interface UpgradeOptions extends ServerOptions {
  shouldUpgradeCallback(request: IncomingMessage): boolean
}

/**
 * For the HTTP server: a request that offers another upgrade is answered as if it did not (RFC 9110, 7.8). Java's HTTP
 * client offers h2c with each one. Node heeds it from 22.21 on.
 */
export const onlyWebSockets: UpgradeOptions = {
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
}
