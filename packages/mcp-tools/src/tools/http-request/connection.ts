import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Client } from 'undici'
import { ToolError } from '../../errors.ts'
import type { Dialled, DialTiming } from './dialer.ts'
import type { HttpLimits } from './limits.ts'

/** What was agreed with the server about encryption, and who vouches for it. */
export interface TlsInfo {
  /** Such as `TLSv1.3`. */
  readonly protocol: string
  /** The suite's name as IANA has it. */
  readonly cipher: string
  /** Organisation, or else the common name, that signed the certificate. */
  readonly issuer?: string
  /** End of the certificate's validity, ISO 8601. */
  readonly validTo?: string
}

/** A checked connection, carrying one request at a time. */
export interface HttpConnection {
  /** Requests may share it that have the same key. */
  readonly key: string
  readonly client: Client
  /** The address that was judged when it was made. */
  readonly remoteAddress: string
  readonly timing: DialTiming
  readonly tls?: TlsInfo
  /** When it was made, by `performance.now()`. */
  readonly madeAt: number
  isOpen(): boolean
  /** Bytes that the server has sent so far. */
  bytesRead(): number
  /** Starts counting anew what the server may send; to be called before each request. */
  allowMoreBytes(): void
  /** Ends the request under way at once; its response fails. */
  abort(): void
  /** Settles when the socket is closed. */
  destroy(): Promise<void>
}

/** Room beside the body for what a connection carries: headers, chunk sizes, TLS records. */
const wireOverhead = 4

/** Makes `dialled` ready for requests to `url`'s origin. */
export function createConnection(key: string, url: URL, dialled: Dialled, limits: HttpLimits): HttpConnection {
  const { socket, remoteAddress, timing } = dialled
  const client = createClient(url, socket, limits)
  return {
    key,
    client,
    remoteAddress,
    timing,
    ...(socket instanceof TLSSocket && { tls: toTlsInfo(socket) }),
    madeAt: performance.now(),
    isOpen: () => !socket.destroyed && !client.destroyed,
    bytesRead: () => socket.bytesRead,
    allowMoreBytes: capWireBytes(socket, limits),
    abort: () => void socket.destroy(new Error('The request was aborted.')),
    async destroy() {
      await client.destroy()
      socket.destroy()
    },
  }
}

/** A client that has exactly this connection: a second one would not have been checked. */
function createClient(url: URL, socket: Socket, limits: HttpLimits): Client {
  const unused: (Socket | undefined)[] = [socket]
  return new Client(url.origin, {
    connect: (_options, callback) => {
      const checked = unused.pop()
      // Not at once: the client does not notice a connection that is there before `connect` returns.
      process.nextTick(() => {
        if (checked === undefined) callback(new Error('The connection was lost.'), null)
        else callback(null, checked)
      })
    },
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: limits.maxHeaderBytes,
    // The deadline of the whole call covers both.
    headersTimeout: 0,
    bodyTimeout: 0,
    // A server that says it closes sooner is believed, one that says later is not waited for.
    keepAliveTimeout: limits.idleTimeoutMs,
    keepAliveMaxTimeout: limits.idleTimeoutMs,
  })
}

/** Bytes that never become a body (endless interim responses, trailers, chunk extensions) are counted at the socket. */
function capWireBytes(socket: Socket, limits: HttpLimits): () => void {
  const cap = limits.maxWireBytes * wireOverhead + limits.maxHeaderBytes * wireOverhead
  let end = cap
  socket.on('readable', () => {
    if (socket.bytesRead > end) socket.destroy(new ToolError('too_large', `The server sent more than ${cap} bytes.`))
  })
  return () => {
    end = socket.bytesRead + cap
  }
}

function toTlsInfo(socket: TLSSocket): TlsInfo {
  const { issuer, valid_to: validTo } = socket.getPeerCertificate()
  const names = [issuer?.O ?? issuer?.CN].flat()
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    ...(names[0] !== undefined && { issuer: names[0] }),
    ...(validTo !== undefined && { validTo: new Date(validTo).toISOString() }),
  }
}
