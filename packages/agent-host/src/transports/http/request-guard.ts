import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { ApiKey } from '../../config/api-key.ts'
import { HostError } from '../../core/errors.ts'
import { requireApiKeys } from './api-keys.ts'
import { allowOrigins } from './cors.ts'
import type { RateLimiter } from './rate-limiter.ts'

export interface GuardOptions {
  /** The address listened on. */
  host: string
  /** Names answered besides loopback ones and `host`. */
  allowedHosts: readonly string[]
  /** Web origins that may call, besides the service's own. */
  allowedOrigins: readonly string[]
  /** One of these is asked for, where there are any. */
  keys: readonly ApiKey[]
  /** Counts the requests of each. Default: in this process. */
  limiter?: RateLimiter
}

/** All that stands before the routes: names and origins first, CORS, then keys, which a preflight does not carry. */
export function guardRequests(app: FastifyInstance, guard: GuardOptions): void {
  checkNames(app, guard)
  allowOrigins(app, guard.allowedOrigins)
  requireApiKeys(app, guard.keys, guard.limiter)
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']
const wildcards = new Set(['0.0.0.0', '::'])

/**
 * Refuses requests that a web page could have made someone's browser send: by a name that was rebound to this machine
 * (Host), or from another origin (Origin). CORS alone only hides the answer; the request would still be carried out.
 */
function checkNames(app: FastifyInstance, { host, allowedHosts, allowedOrigins }: GuardOptions): void {
  const hosts = new Set([...loopbackNames, host, ...allowedHosts].map((name) => name.toLowerCase()))
  const origins = new Set(allowedOrigins)

  function check(hostHeader: string, origin: string | undefined, protocol: string): HostError | undefined {
    const name = hostNameOf(hostHeader)
    // An address cannot be rebound, so on a wildcard bind every address of the machine is fine.
    const address = wildcards.has(host) && isIP(name.replace(/^\[|\]$/g, '')) > 0
    if (!address && !hosts.has(name)) {
      return new HostError('forbidden', `The host "${name}" is not served here. ALLOWED_HOSTS lists further names.`)
    }
    if (origin === undefined || origins.has(origin) || origin === `${protocol}://${hostHeader}`) return undefined
    return new HostError('forbidden', `The origin "${origin}" may not call this. ALLOWED_ORIGINS lists those that may.`)
  }
  app.addHook('onRequest', (request, _reply, done) => {
    const { host: name = '', origin } = request.headers
    done(check(name, origin, request.protocol))
  })
}

/** The Host header without its port; an IPv6 address keeps its brackets. */
function hostNameOf(header: string): string {
  return header.replace(/:\d*$/, '').toLowerCase()
}
