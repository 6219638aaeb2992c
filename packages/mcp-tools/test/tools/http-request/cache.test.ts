import type { IncomingMessage } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  createGuardedClient,
  type GuardedClient,
  type GuardedRequest,
} from '../../../src/tools/http-request/guarded-client.ts'
import type { HttpLimits } from '../../../src/tools/http-request/limits.ts'
import { createFakeNetwork, type FakeNetwork } from '../../support/fake-network.ts'

let network: FakeNetwork
let client: GuardedClient
let seen: IncomingMessage[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20) })
})

afterEach(async () => {
  vi.useRealTimers()
  await client.close()
  await network.close()
})

type Headers = Readonly<Record<string, string | string[]>>
type Reply = { readonly status?: number; readonly headers?: Headers; readonly body?: string | Buffer }

const url = 'http://example.com/page'

/** Answers as `reply` says; without a body of its own with the number of the request. */
async function serve(reply: (request: IncomingMessage, turn: number) => Reply, limits: Partial<HttpLimits> = {}) {
  seen = []
  network = await createFakeNetwork({
    names: { 'example.com': [['93.184.215.14']], 'www.example.org': [['93.184.216.34']] },
    respond(request, response) {
      seen.push(request)
      const { status = 200, headers = {}, body = `answer ${seen.length}` } = reply(request, seen.length)
      response.writeHead(status, { date: new Date().toUTCString(), ...headers }).end(status === 304 ? undefined : body)
    },
  })
  client = createGuardedClient({ ...network.options, allow: 'example.com', limits })
}

async function ask(request: Partial<GuardedRequest> = {}) {
  const { cache, status, headers, body, attempts } = await client.request({ url, ...request })
  return { cache, status, headers, text: body.bytes.toString(), attempts }
}

/** How each of the requests was answered. */
async function askEach(...requests: readonly Partial<GuardedRequest>[]) {
  const how: (string | undefined)[] = []
  for (const request of requests) how.push((await ask(request)).cache)
  return how
}

const passSeconds = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000)

const fresh = { 'cache-control': 'max-age=60' }

test('a fresh answer is used again, with its age, and nothing is sent', async () => {
  await serve(() => ({ headers: fresh }))
  expect(await ask()).toMatchObject({ cache: 'miss', text: 'answer 1', attempts: 1 })
  passSeconds(59)
  expect(await ask()).toMatchObject({ cache: 'hit', text: 'answer 1', attempts: 0, headers: { age: '59' } })
  passSeconds(2)
  expect(await ask()).toMatchObject({ cache: 'miss', text: 'answer 2' })
  expect(seen).toHaveLength(2)
})

test.each<[string, Headers, string]>([
  ['no directive at all', {}, 'miss'],
  ['Last-Modified alone, which is no promise', { 'last-modified': 'Fri, 20 Nov 2020 00:00:00 GMT' }, 'miss'],
  ['max-age', { 'cache-control': 'max-age=1' }, 'hit'],
  ['Max-Age in capitals', { 'cache-control': 'Max-Age=60' }, 'hit'],
  ['private', { 'cache-control': 'private, max-age=60' }, 'hit'],
  ['s-maxage, which is for shared caches', { 'cache-control': 's-maxage=60' }, 'miss'],
  ['max-age=0', { 'cache-control': 'max-age=0' }, 'miss'],
  ['no-store', { 'cache-control': 'max-age=60, no-store' }, 'miss'],
  ['NO-STORE', { 'cache-control': 'max-age=60, NO-STORE' }, 'miss'],
  ['no-store in a second line', { 'cache-control': ['max-age=60', 'no-store'] }, 'miss'],
  ['no-cache', { 'cache-control': 'max-age=60, no-cache' }, 'miss'],
  ['Pragma: no-cache', { pragma: 'no-cache', expires: 'Sat, 21 Nov 2026 00:00:00 GMT' }, 'miss'],
  ['Expires', { expires: 'Sat, 21 Nov 2026 00:00:00 GMT' }, 'hit'],
  ['Expires in the past', { expires: 'Thu, 19 Nov 2026 00:00:00 GMT' }, 'miss'],
  ['Expires: 0', { expires: '0' }, 'miss'],
  ['max-age over Expires', { ...fresh, expires: '0' }, 'hit'],
  ['an age beyond it', { ...fresh, age: '61' }, 'miss'],
  ['an age within it', { ...fresh, age: '59' }, 'hit'],
  ['Vary: *', { ...fresh, vary: '*' }, 'miss'],
  ['nonsense', { 'cache-control': 'max-age=soon' }, 'miss'],
])('the second request after %s', async (_name, headers, expected) => {
  await serve(() => ({ headers }))
  expect(await askEach({}, {})).toEqual(['miss', expected])
})

test.each([
  [200, 'hit'],
  [203, 'hit'],
  [404, 'hit'],
  [410, 'hit'],
  [206, 'miss'],
  [500, 'miss'],
])('a fresh %i is a %s', async (status, expected) => {
  await serve(() => ({ status, headers: fresh }))
  expect(await askEach({}, {})).toEqual(['miss', expected])
})

test.each([
  ['an entity tag', { etag: '"v1"' }, { 'if-none-match': '"v1"' }],
  ['a weak entity tag', { etag: 'W/"v1"' }, { 'if-none-match': 'W/"v1"' }],
  [
    'a date',
    { 'last-modified': 'Thu, 19 Nov 2026 00:00:00 GMT' },
    { 'if-modified-since': 'Thu, 19 Nov 2026 00:00:00 GMT' },
  ],
])('a stale answer is asked about by %s, and used again where nothing changed', async (_name, validator, condition) => {
  await serve((request) =>
    Object.keys(condition).every((name) => request.headers[name] !== undefined)
      ? { status: 304, headers: { ...validator, ...fresh, 'x-turn': 'two' } }
      : { headers: { ...validator, 'cache-control': 'max-age=10', 'x-turn': 'one', 'content-type': 'text/plain' } },
  )
  await ask()
  passSeconds(11)
  expect(await ask()).toMatchObject({ cache: 'revalidated', status: 200, text: 'answer 1', attempts: 1 })
  expect(seen[1]?.headers).toMatchObject(condition)
  passSeconds(59)
  const again = await ask()
  expect(again).toMatchObject({ cache: 'hit', text: 'answer 1' })
  // The 304 renewed the headers, and left those it did not name.
  expect(again.headers).toMatchObject({ 'x-turn': 'two', 'content-type': 'text/plain' })
  expect(seen).toHaveLength(2)
})

test.each(['no-cache', 'max-age=60, must-revalidate', 'max-age=0'])('%s with a tag is asked about', async (control) => {
  await serve((request) => ({
    status: request.headers['if-none-match'] === undefined ? 200 : 304,
    headers: { 'cache-control': control, etag: '"v1"' },
  }))
  await ask()
  passSeconds(61)
  expect(await ask()).toMatchObject({ cache: 'revalidated', text: 'answer 1' })
})

test('an answer that changed replaces the stored one', async () => {
  await serve((_request, turn) => ({ headers: { ...fresh, etag: `"v${turn}"` } }))
  await ask()
  passSeconds(61)
  expect(await ask()).toMatchObject({ cache: 'miss', text: 'answer 2' })
  expect(await ask()).toMatchObject({ cache: 'hit', text: 'answer 2' })
})

test('a 304 about another version is not believed', async () => {
  await serve((_request, turn) =>
    turn === 2
      ? { status: 304, headers: { etag: '"other"' } }
      : { headers: { 'cache-control': 'max-age=0', etag: '"v1"' } },
  )
  await ask()
  expect(await ask()).toMatchObject({ cache: 'miss', status: 200, text: 'answer 3' })
})

test('a 304 that names no version is about the one that it was asked about', async () => {
  await serve((_request, turn) =>
    turn === 1 ? { headers: { 'cache-control': 'no-cache', etag: '"v1"' } } : { status: 304 },
  )
  await ask()
  expect(await askEach({}, {})).toEqual(['revalidated', 'revalidated'])
})

test('a server that fails when asked about a stale answer is not covered up', async () => {
  await serve((_request, turn) => ({ status: turn === 1 ? 200 : 500, headers: { ...fresh, etag: '"v1"' } }))
  await ask()
  passSeconds(61)
  expect(await ask()).toMatchObject({ cache: 'miss', status: 500 })
})

test('answers are kept apart by the headers that Vary names', async () => {
  await serve(({ headers }) => ({
    headers: { ...fresh, vary: 'Accept-Language' },
    body: headers['accept-language'] ?? '',
  }))
  const [korean, english] = ['ko', 'en'].map((language) => ({ headers: { 'accept-language': language } }))
  expect(await askEach({ ...korean }, { ...english }, { ...korean }, { ...english })).toEqual([
    'miss',
    'miss',
    'hit',
    'hit',
  ])
  expect((await ask({ ...korean })).text).toBe('ko')
  expect((await ask({ ...english })).text).toBe('en')
})

test.each(['authorization', 'x-api-key', 'cookie', 'x-user'])(
  'user A’s answer, known by %s, is not given to user B, nor to nobody',
  async (name) => {
    await serve(({ headers }) => ({ headers: { 'cache-control': 'public, max-age=60' }, body: String(headers[name]) }))
    const [a, b] = ['a', 'b'].map((user) => ({ headers: { [name]: user } }))
    expect(await ask({ ...a })).toMatchObject({ cache: 'miss', text: 'a' })
    expect(await ask({ ...b })).toMatchObject({ cache: 'miss', text: 'b' })
    expect(await ask()).toMatchObject({ cache: 'miss', text: 'undefined' })
    expect(await ask({ ...a })).toMatchObject({ cache: 'hit', text: 'a' })
    expect(await ask({ ...b })).toMatchObject({ cache: 'hit', text: 'b' })
  },
)

test('other URLs, and HEAD, have answers of their own', async () => {
  await serve(() => ({ headers: fresh }))
  await ask()
  expect(
    await askEach(
      { url: `${url}?a` },
      { url: 'http://example.com/Page' },
      { url: 'https://example.com/page' },
      { method: 'HEAD' },
    ),
  ).toEqual(['miss', 'miss', 'miss', 'miss'])
  expect(await askEach({ url: `${url}#part` }, { method: 'HEAD' })).toEqual(['hit', 'hit'])
})

test.each([
  ['range', 'bytes=0-1'],
  ['if-none-match', '"mine"'],
  ['if-modified-since', 'Thu, 19 Nov 2026 00:00:00 GMT'],
])('a request with %s has no part in the cache', async (name, value) => {
  await serve(() => ({ headers: fresh }))
  await ask()
  expect(await ask({ headers: { [name]: value } })).toMatchObject({ cache: undefined, text: 'answer 2' })
  expect(seen[1]?.headers[name]).toBe(value)
  expect(await ask()).toMatchObject({ cache: 'hit', text: 'answer 1' })
})

test.each([
  ['no-cache', 'miss', 'hit'],
  ['max-age=5', 'miss', 'hit'],
  ['no-store', 'hit', 'hit'],
  ['max-age=30', 'hit', 'hit'],
])('Cache-Control: %s of the caller', async (control, second, third) => {
  await serve(() => ({ headers: fresh }))
  await ask()
  passSeconds(10)
  expect(await askEach({ headers: { 'Cache-Control': control } }, {})).toEqual([second, third])
})

test('an answer to a request with no-store is not stored', async () => {
  await serve(() => ({ headers: fresh }))
  expect(await askEach({ headers: { 'cache-control': 'no-store' } }, {})).toEqual(['miss', 'miss'])
})

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
  'a %s makes the stored answers worthless, unless it fails',
  async (method) => {
    await serve((request) => ({ headers: fresh, status: request.headers['x-fail'] === undefined ? 200 : 409 }))
    await askEach({}, { headers: { 'x-user': 'a' } })
    await ask({ method, headers: { 'x-fail': 'yes' } })
    expect(await askEach({})).toEqual(['hit'])
    expect((await ask({ method })).cache).toBeUndefined()
    expect(await askEach({}, { headers: { 'x-user': 'a' } })).toEqual(['miss', 'miss'])
  },
)

test('so does one that names the place, but only within its origin', async () => {
  await serve((request) => ({ headers: request.method === 'POST' ? { location: '/page' } : fresh }))
  const elsewhere = 'http://www.example.org/page'
  await askEach({}, { url: elsewhere })
  await ask({ method: 'POST', url: 'http://example.com/list' })
  expect(await askEach({}, { url: elsewhere })).toEqual(['miss', 'hit'])
})

test('what is cut off is not stored', async () => {
  await serve(() => ({ headers: fresh, body: 'x'.repeat(2_000) }), { maxBodyBytes: 1_000 })
  expect(await askEach({}, {})).toEqual(['miss', 'miss'])
})

test('a packed answer is stored unpacked', async () => {
  await serve(() => ({ headers: { ...fresh, 'content-encoding': 'gzip' }, body: gzipSync('unpacked') }))
  await ask()
  expect(await ask()).toMatchObject({ cache: 'hit', text: 'unpacked' })
})

const page = (number: number) => ({ url: `http://example.com/${number}` })

test('the ones used least recently go when there are too many bytes', async () => {
  await serve(() => ({ headers: fresh, body: 'x'.repeat(10_000) }), { maxCacheBytes: 35_000 })
  expect(await askEach(page(1), page(2), page(3), page(1), page(4))).toEqual(['miss', 'miss', 'miss', 'hit', 'miss'])
  expect(await askEach(page(1), page(3), page(4))).toEqual(['hit', 'hit', 'hit'])
  expect(await askEach(page(2))).toEqual(['miss'])
})

test('an answer larger than the whole cache is not stored', async () => {
  await serve(() => ({ headers: fresh, body: 'x'.repeat(10_000) }), { maxCacheBytes: 5_000 })
  expect(await askEach({}, {})).toEqual(['miss', 'miss'])
})

test('a call and a setting can do without', async () => {
  await serve(() => ({ headers: fresh }))
  expect(await askEach({ cache: false }, {}, { cache: false }, {})).toEqual([undefined, 'miss', undefined, 'hit'])
  await client.close()
  await network.close()
  await serve(() => ({ headers: fresh }), { maxCacheBytes: 0 })
  expect(await askEach({}, {})).toEqual([undefined, undefined])
})

test('the policy judges a request before the cache does', async () => {
  await serve(() => ({ headers: fresh }))
  await ask()
  await expect(client.request({ url, headers: { host: 'x' } })).rejects.toMatchObject({ code: 'blocked_header' })
  await expect(client.request({ url: url.replace('//', '//user@') })).rejects.toMatchObject({
    code: 'blocked_userinfo',
  })
})

test('a redirect is followed to a stored answer', async () => {
  await serve((request) =>
    request.url === '/page' ? { headers: fresh } : { status: 302, headers: { location: '/page' } },
  )
  await ask()
  expect(await ask({ url: 'http://example.com/old' })).toMatchObject({ cache: 'hit', text: 'answer 1' })
})
