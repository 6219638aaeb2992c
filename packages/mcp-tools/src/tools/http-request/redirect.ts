import { toPortableHeaders } from './request-headers.ts'

/** A request as the next hop would get it. */
export interface HopRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Methods that a 301 or 302 leaves as they are; others become GET, as browsers do (RFC 9110 section 15.4). */
const keptMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY'])

/** Methods that may go to another origin unasked. */
const harmlessMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The request that a redirect asks for; undefined where the response is the answer: no redirect at all, no readable
 * target, or one that would repeat a method or a body to an origin that the caller did not name.
 */
export function toNextHop(request: HopRequest, status: number, location: string | undefined): HopRequest | undefined {
  if (!redirectStatuses.has(status) || location === undefined) return undefined
  const url = URL.parse(location, request.url.href)
  if (url === null) return undefined
  url.hash ||= request.url.hash
  const becomesGet = status === 303 ? request.method !== 'HEAD' : status <= 302 && !keptMethods.has(request.method)
  const next = becomesGet
    ? { ...request, method: 'GET', body: undefined, headers: withoutBody(request.headers) }
    : request
  if (url.origin === request.url.origin) return { ...next, url }
  if (!harmlessMethods.has(next.method) || next.body !== undefined) return undefined
  return { ...next, url, headers: toPortableHeaders(next.headers) }
}

function withoutBody(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')))
}
