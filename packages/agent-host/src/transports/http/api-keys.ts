import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ApiKey, hashOf } from '../../config/api-key.ts'
import { HostError } from '../../core/errors.ts'
import { createRateLimiter, type RateLimiter, type RateVerdict } from './rate-limiter.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the caller may see what only callers with a key may: it has one, or none is asked for. */
    trusted: boolean
    /** Name of the caller's key, where keys are asked for. */
    caller: string | undefined
    /** Counts one more request against the caller's limit. @throws HostError `rate_limit_exceeded` */
    charge(): Promise<void>
  }
}

interface KnownKey extends ApiKey {
  digest: Buffer
}

/** Answered without a key: `/health` for load balancers, telling less then, and what is the same everywhere. */
const openRoutes: ReadonlySet<string | undefined> = new Set(['/', '/health', '/openapi.json', '/docs'])

/**
 * Asks every request for one of these keys, as `Authorization: Bearer` (RFC 6750) or `x-api-key`, and counts it against
 * the key's limit. Without keys all requests are trusted. Register it after CORS, whose preflights carry no key.
 */
export function requireApiKeys(
  app: FastifyInstance,
  keys: readonly ApiKey[],
  limiter: RateLimiter = createRateLimiter(),
): void {
  app.decorateRequest('trusted', keys.length === 0)
  app.decorateRequest('caller', undefined)
  app.decorateRequest('charge', () => Promise.resolve())
  if (keys.length === 0) return
  const known = keys.map((key) => ({ ...key, digest: Buffer.from(key.hash) }))
  app.addHook('onRequest', async (request, reply) => {
    const given = keysIn(request)
    const key = given.map((text) => find(text, known)).find((found) => found !== undefined)
    if (!key) {
      if (openRoutes.has(request.routeOptions.url)) return
      throw refuse(reply, given.length > 0)
    }
    request.trusted = true
    request.caller = key.name
    // What is logged of the request from here on says whose it is.
    request.log = request.log.child({ apiKey: key.name })
    reply.log = request.log
    const { name, requestsPerMinute: limit } = key
    if (limit === undefined) return
    const take = async (): Promise<RateVerdict> => limiter.take(name, limit)
    request.charge = async () => refuseOver(await take(), key, limit, request)
    const verdict = await take()
    tellLimit(verdict, limit, reply)
    refuseOver(verdict, key, limit, request)
  })
}

function keysIn({ headers }: FastifyRequest): string[] {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  return [bearer, headers['x-api-key']].filter((text): text is string => typeof text === 'string' && text !== '')
}

/** Takes the same time whichever key it is, or none. */
function find(text: string, known: readonly KnownKey[]): KnownKey | undefined {
  const digest = Buffer.from(hashOf(text))
  let found: KnownKey | undefined
  for (const key of known) if (timingSafeEqual(key.digest, digest)) found = key
  return found
}

function refuse(reply: FastifyReply, wrong: boolean): HostError {
  reply.header('www-authenticate', `Bearer realm="agent-host"${wrong ? ', error="invalid_token"' : ''}`)
  return new HostError(
    'invalid_api_key',
    wrong
      ? 'This API key is not known here. Ask whoever runs this service for one.'
      : 'An API key is needed here, as "Authorization: Bearer KEY". Ask whoever runs this service for one.',
  )
}

/** Tells the limit in OpenAI's headers, and where it is reached, when to come again. */
function tellLimit(
  { allowed, remaining, resetMs, retryAfterMs }: RateVerdict,
  limit: number,
  reply: FastifyReply,
): void {
  reply.headers({
    'x-ratelimit-limit-requests': limit,
    'x-ratelimit-remaining-requests': remaining,
    'x-ratelimit-reset-requests': toDuration(resetMs),
  })
  if (!allowed) reply.header('retry-after', toSeconds(retryAfterMs))
}

/** @throws HostError `rate_limit_exceeded`. */
function refuseOver(
  { allowed, retryAfterMs }: RateVerdict,
  { name }: ApiKey,
  limit: number,
  request: FastifyRequest,
): void {
  if (allowed) return
  request.log.info({ limit }, 'a key reached its rate limit')
  throw new HostError(
    'rate_limit_exceeded',
    `The API key "${name}" may make ${limit} requests a minute. Try again in ${toSeconds(retryAfterMs)} s.`,
  )
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000))
}

/** As OpenAI writes it: `20ms`, `1.5s`, `6m0s`. */
function toDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`
  if (ms < 59_900) return `${Math.ceil(ms / 100) / 10}s`
  const seconds = Math.ceil(ms / 1000)
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`
}
