import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { GuardedClientOptions } from '../../src/tools/http-request/guarded-client.ts'

const certificate = new URL('../fixtures/certificate/', import.meta.url)
const key = readFileSync(new URL('key.pem', certificate))
const cert = readFileSync(new URL('cert.pem', certificate), 'utf8')

type Respond = (request: IncomingMessage, response: ServerResponse, url: string) => void

export interface FakeNetworkOptions {
  /** The answers to a name's first, second, … lookup; the last one stays. A name that is not here has no address. */
  readonly names?: Readonly<Record<string, readonly (readonly string[])[]>>
  /** Where a connection to an address really ends; else at that address. */
  readonly landsAt?: Readonly<Record<string, string>>
  /** Answers requests over HTTP and HTTPS. Default: 200 with the text `reached`. */
  readonly respond?: Respond
  /** The status of a CONNECT for `target`. Default: 200. */
  readonly proxyStatus?: (target: string) => number
  /** Asks clients for a certificate over HTTPS, of this authority. */
  readonly clientCa?: string
  /** Takes the raw connection instead. */
  readonly raw?: (socket: Socket) => void
}

export interface Tunnel {
  readonly target: string
  readonly auth: string | undefined
}

/** A whole internet on one loopback port: every address leads to it, and it counts what each was sent. */
export interface FakeNetwork {
  /** To be spread into a guarded client's options. */
  readonly options: Required<Pick<GuardedClientOptions, 'resolve' | 'connect' | 'ca' | 'ownNetworks'>>
  /** The addresses that connections were made to, in order, as text. */
  readonly dialled: string[]
  /** The names that were looked up, in order. */
  readonly lookedUp: string[]
  /** The address that the client meant to reach with the connection this request came over. */
  addressOf(request: IncomingMessage): string | undefined
  /** What the network, taken for a proxy, was asked to connect to, in order. */
  readonly tunnels: Tunnel[]
  /** Bytes that arrived at all addresses together. */
  bytes(): number
  /** Connections that are still open. */
  open(): number
  /** Settles once every connection is closed. */
  closed(): Promise<void>
  close(): Promise<void>
}

export async function createFakeNetwork(options: FakeNetworkOptions = {}): Promise<FakeNetwork> {
  const respond: Respond = options.respond ?? ((_request, response) => response.end('reached'))
  const sockets = new Set<Socket>()
  const plain = createHttpServer((request, response) => {
    respond(request, response, `http://${request.headers.host}${request.url}`)
  })
  const secure = createHttpsServer(
    { key, cert, requestCert: options.clientCa !== undefined, ca: options.clientCa },
    (request, response) => {
      respond(request, response, `https://${request.headers.host}${request.url}`)
    },
  )
  const serve = (socket: Socket) => {
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null
      if (first === null) return socket.destroy()
      socket.unshift(first)
      // A TLS record of the handshake begins with 22 (RFC 8446 section 5.1).
      return (first[0] === 22 ? secure : plain).emit('connection', socket)
    })
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (options.raw !== undefined) return options.raw(socket)
    return serve(socket)
  })
  const tunnels: Tunnel[] = []
  const onConnect = (request: IncomingMessage, socket: Duplex) => {
    tunnels.push({ target: request.url ?? '', auth: request.headers['proxy-authorization'] })
    const status = options.proxyStatus?.(request.url ?? '') ?? 200
    socket.on('error', () => undefined)
    socket.write(`HTTP/1.1 ${status} tunnel\r\n\r\n`)
    if (status === 200) serve(socket as Socket)
    else socket.end()
  }
  for (const each of [plain, secure]) each.on('connect', onConnect)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const dialled: string[] = []
  const lookedUp: string[] = []
  const addresses = new Map<number | undefined, string>()
  return {
    options: {
      ca: cert,
      ownNetworks: () => [],
      async resolve(name) {
        const answers = options.names?.[name] ?? []
        const turn = lookedUp.filter((each) => each === name).length
        lookedUp.push(name)
        return answers[Math.min(turn, answers.length - 1)] ?? []
      },
      async connect({ addresses: [address = ''] }) {
        dialled.push(address)
        const socket = connect(port, '127.0.0.1')
        await once(socket, 'connect')
        addresses.set(socket.localPort, address)
        return { socket, remoteAddress: options.landsAt?.[address] ?? address }
      },
    },
    dialled,
    lookedUp,
    addressOf: ({ socket }) => addresses.get(socket.remotePort),
    tunnels,
    bytes: () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0),
    open: () => [...sockets].filter((socket) => !socket.destroyed).length,
    async closed() {
      await Promise.all([...sockets].map(whenClosed))
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Unlike `once`, without minding that the other side may have reset the connection. */
async function whenClosed(socket: Socket): Promise<void> {
  if (socket.closed) return
  await new Promise((resolve) => socket.once('close', resolve))
}
