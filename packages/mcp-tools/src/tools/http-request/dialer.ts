import type { Socket } from 'node:net'
import { ToolError } from '../../errors.ts'
import { toAddress } from './address-ranges.ts'
import type { Connect } from './connect.ts'
import { untilAborted } from './deadline.ts'
import { toErrorCode } from './error-code.ts'
import { toBareName } from './host-names.ts'
import { admit, type Grant, type Policy } from './policy.ts'
import type { Resolve } from './resolve.ts'
import { portOf } from './rule.ts'
import { createStartTls } from './start-tls.ts'

export interface DialerOptions {
  readonly policy: Policy
  readonly resolve: Resolve
  readonly connect: Connect
  /** Milliseconds for lookup, connection and handshake together. */
  readonly connectTimeoutMs: number
  /** PEM certificates to trust instead of the public authorities. */
  readonly ca: readonly string[] | undefined
}

/** A connection ready for the first byte of a request, TLS included. */
export interface Dialled {
  readonly socket: Socket
  /** The address that was judged. */
  readonly remoteAddress: string
  readonly timing: DialTiming
}

/** Milliseconds that each step of making a connection took. */
export interface DialTiming {
  readonly dnsMs: number
  readonly connectMs: number
  /** Absent without TLS. */
  readonly tlsMs?: number
}

/** Opens a connection for a granted request. `context` says in errors where the request came from. */
export type Dial = (grant: Grant, signal: AbortSignal, context: string) => Promise<Dialled>

/**
 * The only way out. Nothing but a TCP handshake goes to an address before the policy has seen it twice: as the answer
 * of the lookup, and as the far end of the connection; TLS starts after that, over the checked socket.
 */
export function createDialer(options: DialerOptions): Dial {
  const { policy, connect, connectTimeoutMs } = options
  const startTls = createStartTls({ ca: options.ca, timeoutMs: connectTimeoutMs })
  return async function dial(grant, signal, context) {
    const startedAt = performance.now()
    const addresses = await toCheckedAddresses(grant, signal, context, options)
    const resolvedAt = performance.now()
    const port = portOf(grant.url)
    const tooSlow = AbortSignal.timeout(connectTimeoutMs)
    const { socket, remoteAddress } = await connect({ addresses, port }, AbortSignal.any([signal, tooSlow])).catch(
      (error: unknown) => {
        throw toConnectError(error, grant, signal, context)
      },
    )
    // A socket without a listener would end the process when it fails between two steps.
    socket.on('error', () => undefined)
    try {
      admit(policy.judgeAddress(remoteAddress, grant), context)
      const connectedAt = performance.now()
      const timing = { dnsMs: resolvedAt - startedAt, connectMs: connectedAt - resolvedAt }
      if (grant.url.protocol !== 'https:') return { socket, remoteAddress, timing }
      const encrypted = await startTls(socket, grant, signal)
      return { socket: encrypted, remoteAddress, timing: { ...timing, tlsMs: performance.now() - connectedAt } }
    } catch (error) {
      socket.destroy()
      throw error
    }
  }
}

/** All of the host's addresses, or none: a mixed answer with one denied address is refused whole. */
async function toCheckedAddresses(
  grant: Grant,
  signal: AbortSignal,
  context: string,
  { policy, resolve }: DialerOptions,
): Promise<readonly string[]> {
  const { hostname } = grant.url
  const literal = toAddress(hostname)
  const addresses = literal === undefined ? await lookUp(hostname, signal, resolve) : [literal.toString()]
  for (const address of addresses) admit(policy.judgeAddress(address, grant), context)
  return addresses
}

async function lookUp(hostname: string, signal: AbortSignal, resolve: Resolve): Promise<readonly string[]> {
  const name = toBareName(hostname)
  try {
    const addresses = await untilAborted(resolve(name), signal)
    if (addresses.length > 0) return addresses
  } catch (error) {
    signal.throwIfAborted()
    throw new ToolError('dns_failed', `${name} could not be looked up (${toErrorCode(error)}).`, { cause: error })
  }
  throw new ToolError('dns_failed', `${name} has no address.`)
}

function toConnectError(error: unknown, { url }: Grant, signal: AbortSignal, context: string): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof ToolError) return error
  const isSlow = error instanceof DOMException && error.name === 'TimeoutError'
  const why = isSlow ? 'it did not answer in time' : toErrorCode(error)
  return new ToolError('connect_failed', `${context}No connection to ${url.host} (${why}).`, { cause: error })
}
