import { ToolError } from '../../errors.ts'
import { type Connect, connectOverTcp } from './connect.ts'
import { createCachingSend } from './caching.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Confirm, confirmRequest } from './consent.ts'
import { createDeadline } from './deadline.ts'
import { createConnectionPool } from './connection-pool.ts'
import { acceptEncoding } from './decode-body.ts'
import { createDialer } from './dialer.ts'
import { exchange, type OnProgress } from './exchange.ts'
import { createFollow, type FollowedResult } from './follow.ts'
import { createHostGate } from './host-gate.ts'
import { type ClientCertificate, createIdentities } from './identity.ts'
import { defaultLimits, defaultTimeoutMs, type HttpLimits } from './limits.ts'
import { parseRules } from './parse-rules.ts'
import { parseUrl } from './parse-url.ts'
import { createPolicy, type Policy } from './policy.ts'
import type { Profile } from './profile.ts'
import { createProxyConnect, type ProxyServer } from './proxy.ts'
import type { HopRequest } from './redirect.ts'
import { toRequestHeaders } from './request-headers.ts'
import { type Resolve, resolveWithSystem } from './resolve.ts'
import { createRetryingSend } from './retry.ts'

export interface GuardedClientOptions {
  /** Rules in the grammar of `HTTP_ALLOW`. Default: none, so only safe methods on public hosts. */
  readonly allow?: string
  /** Rules in the same grammar that deny, whatever allows. Default: none. */
  readonly deny?: string
  /** Default: {@link defaultLimits}. */
  readonly limits?: Partial<HttpLimits>
  /** Default: as this machine looks names up. */
  readonly resolve?: Resolve
  /** Default: TCP. */
  readonly connect?: Connect
  /** The networks this machine is on, as CIDR text. Default: read from its interfaces. */
  readonly ownNetworks?: () => readonly string[]
  /** NAT64 prefixes of this network, as CIDR text, besides `64:ff9b::/96`. Default: none. */
  readonly nat64Prefixes?: readonly string[]
  /** Secrets, each for one origin, used where a rule lists the request. Default: none. */
  readonly profiles?: readonly Profile[]
  /** Certificates to show, each to one origin, likewise. Default: none. */
  readonly clientCertificates?: readonly ClientCertificate[]
  /** Default: none; the environment's proxy variables are not read. */
  readonly proxy?: ProxyServer
  /** PEM certificates to trust instead of the public authorities. */
  readonly ca?: string | readonly string[]
  /** Default: the machine's. */
  readonly clock?: Clock
}

export interface GuardedRequest {
  readonly url: string
  /** Default: GET. In upper case. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
  /** The name of the profile to use, or `none`. Default: the only one of the URL's origin, if there is one. */
  readonly auth?: string
  /** For the whole call, redirects included. Default: 30,000, or the client's ceiling if that is less. */
  readonly timeoutMs?: number
  /** Whether to follow redirects. Default: yes. */
  readonly followRedirects?: boolean
  /** Whether a stored answer will do, and the new one may be stored. Default: yes. */
  readonly cache?: boolean
  readonly signal?: AbortSignal
  /** Asks the user about an unsafe method to a host that no rule lists. Absent: such a request is refused. */
  readonly confirm?: Confirm
  readonly onProgress?: OnProgress
}

export interface GuardedResponse extends FollowedResult {
  readonly elapsedMs: number
}

/** An HTTP client that only reaches who policy allows, on every hop, within hard caps. */
export interface GuardedClient {
  /** Throws `ToolError`, whatever goes wrong. */
  request(request: GuardedRequest): Promise<GuardedResponse>
  /** Whether a rule of `allow` opens this request, as far as its URL tells. Throws `ToolError` for what is no URL. */
  isListed(url: string, method: string): boolean
  /** Closes the connections that are kept for later requests; idle ones close themselves within seconds anyway. */
  close(): Promise<void>
}

/** Makes a {@link GuardedClient}. Throws an `Error` naming a rule in `allow` that cannot be read. */
export function createGuardedClient(options: GuardedClientOptions = {}): GuardedClient {
  const limits = { ...defaultLimits, ...options.limits }
  const policy = createClientPolicy(options)
  const ca = options.ca === undefined ? undefined : [options.ca].flat()
  const dial = createDialer({ policy, ca, connectTimeoutMs: limits.connectTimeoutMs, ...toWay(options, ca) })

  const clock = options.clock ?? systemClock
  const pool = createConnectionPool(limits)
  const sendOnce = createRetryingSend(
    (request, { deadline: { signal }, isWanted, onProgress }) =>
      exchange(request, isWanted, { dial, pool, policy, limits, signal, onProgress }),
    { gate: createHostGate(limits, clock), limits, clock },
  )
  const identities = createIdentities(options)
  const follow = createFollow({ policy, identities, limits, send: createCachingSend(sendOnce, limits.maxCacheBytes) })

  return {
    async request(request) {
      const headers = toRequestHeaders(request.headers ?? {})
      const first = toFirstHop(request, headers, limits)
      // Before the clock starts: people take their time.
      const agreed = await confirmRequest({ policy, identities }, first, { ...request, headers })
      const startedAt = performance.now()
      const timeoutMs = Math.min(request.timeoutMs ?? defaultTimeoutMs, limits.maxTimeoutMs)
      const deadline = createDeadline(timeoutMs, request.signal, clock)
      try {
        deadline.signal.throwIfAborted()
        const response = await follow(first, { ...request, headers, deadline, agreed })
        return { ...response, elapsedMs: Math.round(performance.now() - startedAt) }
      } finally {
        deadline.end()
      }
    },
    isListed(url, method) {
      const verdict = policy.judgeRequest(parseUrl(url), method)
      return verdict.allowed && verdict.rule !== undefined
    },
    close: () => pool.close(),
  }
}

/** How names are looked up and connections made. */
function toWay(
  options: GuardedClientOptions,
  ca: readonly string[] | undefined,
): { resolve: Resolve; connect: Connect } {
  const { resolve = resolveWithSystem, connect = connectOverTcp, proxy } = options
  if (proxy === undefined) return { resolve, connect }
  const through = createProxyConnect(proxy, { resolve, connect, ca })
  return proxy.egressGuard === true
    ? { resolve: async (name) => [name], connect: through }
    : { resolve, connect: through }
}

/** The policy that a client with `options` keeps. Throws an `Error` naming a rule that cannot be read. */
export function createClientPolicy(options: GuardedClientOptions): Policy {
  return createPolicy({
    rules: parseRules(options.allow ?? ''),
    denyRules: parseRules(options.deny ?? ''),
    maxUnlistedUrlLength: options.limits?.maxUnlistedUrlLength ?? defaultLimits.maxUnlistedUrlLength,
    ...(options.ownNetworks !== undefined && { ownNetworks: options.ownNetworks }),
    ...(options.nat64Prefixes !== undefined && { nat64Prefixes: options.nat64Prefixes }),
    leavesNamesToProxy: options.proxy?.egressGuard,
  })
}

function toFirstHop(
  request: GuardedRequest,
  headers: Readonly<Record<string, string>>,
  limits: HttpLimits,
): HopRequest {
  const body = request.body
  if (body !== undefined && body.length > limits.maxRequestBytes) {
    throw new ToolError('invalid_body', `The request body has more than ${limits.maxRequestBytes} bytes.`)
  }
  return {
    url: parseUrl(request.url),
    method: request.method ?? 'GET',
    headers: { accept: '*/*', 'user-agent': 'mcp-tools', ...headers, 'accept-encoding': acceptEncoding },
    body,
  }
}
