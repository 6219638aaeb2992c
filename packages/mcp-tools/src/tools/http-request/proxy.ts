import { request as httpRequest } from 'node:http'
import { isIP, isIPv6, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { ToolError } from '../../errors.ts'
import type { Connect } from './connect.ts'
import { untilAborted } from './deadline.ts'
import { toErrorCode } from './error-code.ts'
import type { Resolve } from './resolve.ts'

/** The HTTP proxy that every request goes through. */
export interface ProxyServer {
  /** Scheme, host and port. */
  readonly url: string
  /** `user:password`. */
  readonly auth?: string | undefined
  /**
   * Whether the proxy decides where requests may go: it is then asked for names, which are not looked up here, so that
   * only what the policy says of URLs is kept here. Default: no, and it is asked for the address that was judged.
   */
  readonly egressGuard?: boolean | undefined
}

interface ProxyDeps {
  readonly resolve: Resolve
  readonly connect: Connect
  readonly ca: readonly string[] | undefined
}

/**
 * A {@link Connect} through a tunnel of the proxy's (CONNECT, RFC 9110 section 9.3.6), for http too: the proxy then has
 * no say in where the request goes. The proxy itself is the operator's, so its own address is not judged.
 */
export function createProxyConnect({ url, auth }: ProxyServer, { resolve, connect, ca }: ProxyDeps): Connect {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const isSecure = protocol === 'https:'
  const headers = auth === undefined ? {} : { 'proxy-authorization': `Basic ${Buffer.from(auth).toString('base64')}` }

  async function open(target: string, signal: AbortSignal): Promise<Socket> {
    const addresses = isIP(host) === 0 ? await untilAborted(resolve(host), signal) : [host]
    const to = { addresses, port: port === '' ? (isSecure ? 443 : 80) : Number(port) }
    const { socket } = await connect(to, signal)
    socket.on('error', () => undefined)
    try {
      const link = isSecure ? await untilAborted(secure(socket, host, ca), signal) : socket
      await untilAborted(requestTunnel(link, target, headers), signal)
      return link
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  return async ({ addresses, port: targetPort }, signal) => {
    let failure: unknown
    for (const address of addresses) {
      const target = `${isIPv6(address) ? `[${address}]` : address}:${targetPort}`
      try {
        return { socket: await open(target, signal), remoteAddress: address }
      } catch (error) {
        signal.throwIfAborted()
        failure = error
      }
    }
    const why =
      failure instanceof ToolError ? failure.message : `The proxy cannot be reached (${toErrorCode(failure)}).`
    throw new ToolError('connect_failed', why, { cause: failure })
  }
}

async function secure(socket: Socket, host: string, ca: readonly string[] | undefined): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const encrypted = connectTls({
    socket,
    rejectUnauthorized: true,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca: [...ca] }),
  })
  encrypted.on('error', reject)
  encrypted.once('secureConnect', () => resolve(encrypted))
  return promise
}

async function requestTunnel(socket: Socket, target: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const asked = httpRequest({
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...headers },
    createConnection: () => socket,
  })
  asked.on('error', reject)
  asked.once('connect', ({ statusCode = 0 }, _socket, early: Buffer) => {
    // Nobody has been asked anything yet, so whatever comes now is not an answer.
    if (statusCode >= 200 && statusCode < 300 && early.length === 0) resolve()
    else reject(new ToolError('connect_failed', toRefusal(statusCode, target)))
  })
  asked.end()
  return promise
}

function toRefusal(status: number, target: string): string {
  if (status === 407) return 'The proxy asks for other credentials; the operator gives them in HTTP_PROXY_AUTH.'
  return `The proxy answered ${status} when it was asked for ${target}.`
}
