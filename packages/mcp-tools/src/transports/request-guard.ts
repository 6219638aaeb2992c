import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'

export interface GuardOptions {
  /** Asked of every request as a bearer token; absent: none asked. */
  readonly token: string | undefined
  /** Host names accepted in Host and Origin, besides loopback's own, without ports. */
  readonly hosts: readonly string[]
  /** Whether Host may be any address, for a server that listens on all of them: only names can be rebound. */
  readonly anyAddress: boolean
}

/** Whether a request may go on; where not, it has been answered. */
export type RequestGuard = (request: IncomingMessage, response: ServerResponse) => boolean

interface Refusal {
  readonly status: 401 | 403
  readonly message: string
}

/** A host and perhaps a port (RFC 9110 section 7.2): nothing that a URL parser would take for another part. */
const hostPattern = /^(?:\[[\da-f:.]+\]|[^\s[\]:/?#@\\]+)(?::\d+)?$/i

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/**
 * The one check before anything over HTTP. A page in a browser can send requests to loopback, under its own name once
 * that is rebound to this address: Host and Origin give it away, and the token keeps out whoever else can connect.
 */
export function createRequestGuard({ token, hosts, anyAddress }: GuardOptions): RequestGuard {
  const names = new Set([...loopbackNames, ...hosts.map((host) => host.toLowerCase())])
  const expected = token === undefined ? undefined : toDigest(token)
  return (request, response) => {
    const refusal = judgeNames(request, names, anyAddress) ?? judgeToken(request, expected)
    if (refusal === undefined) return true
    const body = { jsonrpc: '2.0', error: { code: -32_000, message: refusal.message }, id: null }
    const challenge = refusal.status === 401 ? { 'www-authenticate': 'Bearer realm="mcp-tools"' } : {}
    // The body is not read, so the connection cannot serve another request.
    response.writeHead(refusal.status, { ...challenge, 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify(body))
    return false
  }
}

function judgeNames(
  { headers }: IncomingMessage,
  names: ReadonlySet<string>,
  anyAddress: boolean,
): Refusal | undefined {
  const host = hostPattern.test(headers.host ?? '') ? toHostname(`http://${headers.host}`) : undefined
  const isServed = host !== undefined && (names.has(host) || (anyAddress && isAddress(host)))
  if (!isServed) {
    return { status: 403, message: 'This Host is not served here; the operator can add it to MCP_TOOLS_HOSTS.' }
  }
  if (headers.origin === undefined) return undefined
  const origin = toHostname(headers.origin)
  if (origin !== undefined && names.has(origin)) return undefined
  return { status: 403, message: 'This Origin may not call; the operator can add it to MCP_TOOLS_HOSTS.' }
}

function judgeToken({ headers }: IncomingMessage, expected: Buffer | undefined): Refusal | undefined {
  if (expected === undefined) return undefined
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  // Digests have one length, so the comparison takes the same time whatever was given.
  if (timingSafeEqual(toDigest(given), expected)) return undefined
  return { status: 401, message: 'A bearer token is needed.' }
}

function toHostname(url: string): string | undefined {
  return URL.parse(url)?.hostname || undefined
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0
}

function toDigest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
