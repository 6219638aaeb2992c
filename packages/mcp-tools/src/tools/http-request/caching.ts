import { createHash } from 'node:crypto'
import CachePolicy from 'http-cache-semantics'
import type { ExchangeResult } from './exchange.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { safeMethods } from './policy.ts'
import { portableHeaders } from './request-headers.ts'
import { createResponseStore, type ResponseStore, type StoredResponse } from './response-store.ts'
import type { Send, SendResult } from './send.ts'

/** Methods whose answers are stored. */
const storedMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Headers by which a caller asks for a part, or for a comparison of its own: the answer is meant for it alone. */
const ownConditions = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range']

/** Response headers that name a version. */
const validators = ['etag', 'last-modified'] as const

/** Response headers without which nothing is stored: it could be used neither as it is nor after asking. */
const cacheHeaders = ['cache-control', 'expires', ...validators] as const

/** Request headers that say nothing of who asks. */
const shared: ReadonlySet<string> = new Set([...portableHeaders, 'cache-control', 'accept-encoding'])

/**
 * A {@link Send} with a private cache in front (RFC 9111): a fresh answer is used again, a stale one is asked about.
 * Nothing is guessed to be fresh that its server did not call so. Answers are shared only between requests of the same
 * identity that carry the same headers, but for those that say what is wanted, which Vary covers.
 */
export function createCachingSend(send: Send, maxBytes: number): Send {
  const store = createResponseStore(maxBytes)

  const revalidate = async (key: string, known: StoredResponse, ...[request, scope]: Parameters<Send>) => {
    const asked = toAsked(request)
    const headers = withConditions(request.headers, known.policy, asked)
    const result = await send({ ...request, headers }, scope)
    if (result.status !== 304) return toMiss(store, key, request, result)
    const { policy, matches } = known.policy.revalidatedPolicy(asked, toConfirmation(result, known.result))
    // A 304 that speaks of another version than the one asked about says nothing of the one that is stored.
    if (!matches) return toMiss(store, key, request, await send(request, scope))
    const { status, statusText, body } = known.result
    const renewed = { ...result, status, statusText, body, headers: toPlain(policy.responseHeaders()) }
    store.put(key, withoutHash(request.grant.url), { policy, result: renewed, variant: known.variant })
    const setCookie = result.headers['set-cookie']
    const renewedHeaders = { ...renewed.headers, ...(setCookie !== undefined && { 'set-cookie': setCookie }) }
    return { ...renewed, headers: renewedHeaders, cache: 'revalidated' as const }
  }

  return async (request, scope) => {
    const { method, url } = request.grant
    if (!safeMethods.has(method)) return forgetting(await send(request, scope), url, store)
    const isStorable = storedMethods.has(method) && !ownConditions.some((name) => request.headers[name] !== undefined)
    if (!scope.useCache || !isStorable) return send(request, scope)
    const key = toKey(request)
    const known = store.find(key).find(({ result, variant }) => variant === toVariant(result.headers, request))
    if (known === undefined) return toMiss(store, key, request, await send(request, scope))
    if (known.policy.satisfiesWithoutRevalidation(toAsked(request))) return toHit(known)
    return revalidate(key, known, request, scope)
  }
}

/** The headers to ask with whether the stored answer still holds. */
function withConditions(
  headers: OutgoingRequest['headers'],
  policy: CachePolicy,
  asked: CachePolicy.HttpRequest,
): Record<string, string> {
  const conditions = Object.entries(toPlain(policy.revalidationHeaders(asked))).filter(([name]) =>
    name.startsWith('if-'),
  )
  return { ...headers, ...Object.fromEntries(conditions) }
}

/** The answer, stored where it may be stored and can be of use. */
function toMiss(store: ResponseStore, key: string, request: OutgoingRequest, result: SendResult): SendResult {
  const isUseful = cacheHeaders.some((name) => result.headers[name] !== undefined)
  if (isUseful && result.body.complete) {
    const policy = new CachePolicy(toAsked(request), toResponse(result), { shared: false, cacheHeuristic: 0 })
    const canBeUsed = policy.timeToLive() > 0 || validators.some((name) => result.headers[name] !== undefined)
    const variant = toVariant(result.headers, request)
    if (canBeUsed && policy.storable()) store.put(key, withoutHash(request.grant.url), { policy, result, variant })
  }
  return { ...result, cache: 'miss' }
}

function toHit({ policy, result }: StoredResponse): SendResult {
  const timing = { firstByteMs: 0, totalMs: 0 }
  return { ...result, headers: toPlain(policy.responseHeaders()), timing, attempts: 0, notes: [], cache: 'hit' }
}

/** A change that the server accepted makes what is stored of the place, and of those it names, worthless. */
function forgetting(result: SendResult, url: URL, store: ResponseStore): SendResult {
  if (result.status >= 400) return result
  const named = [result.headers.location, result.headers['content-location']].flat()
  const places = [url, ...named.map((place) => (place === undefined ? null : URL.parse(place, url.href)))]
  for (const place of places) if (place?.origin === url.origin) store.forget(withoutHash(place))
  return result
}

/** Requests of one key may get each other's answers; what could be a secret goes in as a hash. */
function toKey({ grant: { method, url, identity }, headers }: OutgoingRequest): string {
  const own = Object.entries(headers).filter(([name]) => !shared.has(name))
  const who = own.length === 0 ? '' : toDigest(JSON.stringify(own.toSorted(byName)))
  return `${identity?.key ?? ''} ${method} ${withoutHash(url)} ${who}`
}

function toDigest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1
}

function withoutHash({ href, hash }: URL): string {
  return hash === '' ? href : href.slice(0, -hash.length)
}

/** The request's values of the headers that the response says it varies by. */
function toVariant(responseHeaders: ExchangeResult['headers'], request: OutgoingRequest): string {
  const names = toText(responseHeaders.vary).toLowerCase().split(',')
  return JSON.stringify(names.map((name) => [name.trim(), request.headers[name.trim()] ?? null]))
}

function toAsked({ grant: { method, url }, headers }: OutgoingRequest): CachePolicy.HttpRequest {
  return { method, url: withoutHash(url), headers: { ...toLines(headers), host: url.host } }
}

/** Without its cookies: what was set once is not to be set again each time the answer is used. */
function toResponse({
  status,
  headers: { 'set-cookie': _once, ...headers },
}: ExchangeResult): CachePolicy.HttpResponse {
  return { status, headers: toLines(headers) }
}

/** A 304 that names no version means the one that it was asked about. */
function toConfirmation(confirmation: ExchangeResult, stored: ExchangeResult): CachePolicy.HttpResponse {
  const response = toResponse(confirmation)
  if (validators.some((name) => response.headers[name] !== undefined)) return response
  const known = validators.flatMap((name) => (stored.headers[name] === undefined ? [] : [[name, stored.headers[name]]]))
  return { ...response, headers: { ...response.headers, ...Object.fromEntries(known) } }
}

/** As the library reads them: one line a header, directives in lower case (RFC 9111 section 5.2). */
function toLines(headers: ExchangeResult['headers']): Record<string, string> {
  const lines = toPlain(headers)
  const { 'cache-control': control } = lines
  return control === undefined ? lines : { ...lines, 'cache-control': control.toLowerCase() }
}

function toText(value: string | readonly string[] | undefined): string {
  return [value ?? ''].flat().join(', ')
}

function toPlain(headers: CachePolicy.Headers): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) plain[name] = toText(value)
  return plain
}
