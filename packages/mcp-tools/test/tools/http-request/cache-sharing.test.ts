import type { IncomingMessage } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { cachedUrl, type CachedPage, passSeconds, serveCached } from '../../support/cached-page.ts'

let page: CachedPage

afterEach(() => page.close())

const fresh = { 'cache-control': 'max-age=60' }

test('answers are kept apart by the headers that Vary names', async () => {
  page = await serveCached(({ headers }) => ({
    headers: { ...fresh, vary: 'Accept-Language' },
    body: headers['accept-language'] ?? '',
  }))
  const [korean, english] = ['ko', 'en'].map((language) => ({ headers: { 'accept-language': language } }))
  expect(await page.askEach({ ...korean }, { ...english }, { ...korean }, { ...english })).toEqual([
    'miss',
    'miss',
    'hit',
    'hit',
  ])
  expect((await page.ask({ ...korean })).text).toBe('ko')
  expect((await page.ask({ ...english })).text).toBe('en')
})

test.each(['authorization', 'x-api-key', 'cookie', 'x-user'])(
  'user A’s answer, known by %s, is not given to user B, nor to nobody',
  async (name) => {
    page = await serveCached(({ headers }) => ({
      headers: { 'cache-control': 'public, max-age=60' },
      body: String(headers[name]),
    }))
    const [a, b] = ['a', 'b'].map((user) => ({ headers: { [name]: user } }))
    expect(await page.ask({ ...a })).toMatchObject({ cache: 'miss', text: 'a' })
    expect(await page.ask({ ...b })).toMatchObject({ cache: 'miss', text: 'b' })
    expect(await page.ask()).toMatchObject({ cache: 'miss', text: 'undefined' })
    expect(await page.ask({ ...a })).toMatchObject({ cache: 'hit', text: 'a' })
    expect(await page.ask({ ...b })).toMatchObject({ cache: 'hit', text: 'b' })
  },
)

test('each profile has its own answers, and nobody the one of a profile', async () => {
  const profiles = ['one', 'two'].map((name) => ({
    name,
    origin: 'http://example.com',
    header: 'x-api-key',
    secret: `the secret of ${name}`,
  }))
  const users = new Map(profiles.map(({ name, secret }) => [secret, name]))
  const reply = ({ headers }: IncomingMessage) => ({
    headers: fresh,
    body: users.get(String(headers['x-api-key'])) ?? '',
  })
  page = await serveCached(reply, { profiles })
  for (const cache of ['miss', 'hit']) {
    expect(await page.ask({ auth: 'one' })).toMatchObject({ cache, text: 'one' })
    expect(await page.ask({ auth: 'two' })).toMatchObject({ cache, text: 'two' })
    expect(await page.ask({ auth: 'none' })).toMatchObject({ cache, text: '' })
  }
})

test('a stored answer does not set its cookie again', async () => {
  page = await serveCached((_request, turn) => ({
    status: turn === 3 ? 304 : 200,
    headers: { ...fresh, etag: '"v1"', 'set-cookie': `turn=${turn}` },
  }))
  expect((await page.ask()).headers['set-cookie']).toBe('turn=1')
  expect((await page.ask()).headers).not.toHaveProperty('set-cookie')
  await page.ask({ url: 'http://example.com/other' })
  passSeconds(61)
  expect(await page.ask()).toMatchObject({ cache: 'revalidated', headers: { 'set-cookie': 'turn=3' } })
  expect((await page.ask()).headers).not.toHaveProperty('set-cookie')
})

test('other URLs, and HEAD, have answers of their own', async () => {
  page = await serveCached(() => ({ headers: fresh }))
  await page.ask()
  expect(
    await page.askEach(
      { url: `${cachedUrl}?a` },
      { url: 'http://example.com/Page' },
      { url: 'https://example.com/page' },
      { method: 'HEAD' },
    ),
  ).toEqual(['miss', 'miss', 'miss', 'miss'])
  expect(await page.askEach({ url: `${cachedUrl}#part` }, { method: 'HEAD' })).toEqual(['hit', 'hit'])
})

test.each([
  ['range', 'bytes=0-1'],
  ['if-none-match', '"mine"'],
  ['if-modified-since', 'Thu, 19 Nov 2026 00:00:00 GMT'],
])('a request with %s has no part in the cache', async (name, value) => {
  page = await serveCached(() => ({ headers: fresh }))
  await page.ask()
  expect(await page.ask({ headers: { [name]: value } })).toMatchObject({ cache: undefined, text: 'answer 2' })
  expect(page.seen[1]?.headers[name]).toBe(value)
  expect(await page.ask()).toMatchObject({ cache: 'hit', text: 'answer 1' })
})

test.each([
  ['no-cache', 'miss', 'hit'],
  ['max-age=5', 'miss', 'hit'],
  ['no-store', 'hit', 'hit'],
  ['max-age=30', 'hit', 'hit'],
])('Cache-Control: %s of the caller', async (control, second, third) => {
  page = await serveCached(() => ({ headers: fresh }))
  await page.ask()
  passSeconds(10)
  expect(await page.askEach({ headers: { 'Cache-Control': control } }, {})).toEqual([second, third])
})

test('an answer to a request with no-store is not stored', async () => {
  page = await serveCached(() => ({ headers: fresh }))
  expect(await page.askEach({ headers: { 'cache-control': 'no-store' } }, {})).toEqual(['miss', 'miss'])
})

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
  'a %s makes the stored answers worthless, unless it fails',
  async (method) => {
    page = await serveCached((request) => ({
      headers: fresh,
      status: request.headers['x-fail'] === undefined ? 200 : 409,
    }))
    await page.askEach({}, { headers: { 'x-user': 'a' } })
    await page.ask({ method, headers: { 'x-fail': 'yes' } })
    expect(await page.askEach({})).toEqual(['hit'])
    expect((await page.ask({ method })).cache).toBeUndefined()
    expect(await page.askEach({}, { headers: { 'x-user': 'a' } })).toEqual(['miss', 'miss'])
  },
)

test('so does one that names the place, but only within its origin', async () => {
  page = await serveCached((request) => ({ headers: request.method === 'POST' ? { location: '/page' } : fresh }))
  const elsewhere = 'http://www.example.org/page'
  await page.askEach({}, { url: elsewhere })
  await page.ask({ method: 'POST', url: 'http://example.com/list' })
  expect(await page.askEach({}, { url: elsewhere })).toEqual(['miss', 'hit'])
})

const numbered = (number: number) => ({ url: `http://example.com/${number}` })

test('the ones used least recently go when there are too many bytes', async () => {
  page = await serveCached(() => ({ headers: fresh, body: 'x'.repeat(10_000) }), { limits: { maxCacheBytes: 35_000 } })
  expect(await page.askEach(numbered(1), numbered(2), numbered(3), numbered(1), numbered(4))).toEqual([
    'miss',
    'miss',
    'miss',
    'hit',
    'miss',
  ])
  expect(await page.askEach(numbered(1), numbered(3), numbered(4))).toEqual(['hit', 'hit', 'hit'])
  expect(await page.askEach(numbered(2))).toEqual(['miss'])
})

test('an answer larger than the whole cache is not stored', async () => {
  page = await serveCached(() => ({ headers: fresh, body: 'x'.repeat(10_000) }), { limits: { maxCacheBytes: 5_000 } })
  expect(await page.askEach({}, {})).toEqual(['miss', 'miss'])
})

test('a call and a setting can do without', async () => {
  page = await serveCached(() => ({ headers: fresh }))
  expect(await page.askEach({ cache: false }, {}, { cache: false }, {})).toEqual([undefined, 'miss', undefined, 'hit'])
  await page.close()
  page = await serveCached(() => ({ headers: fresh }), { limits: { maxCacheBytes: 0 } })
  expect(await page.askEach({}, {})).toEqual([undefined, undefined])
})

test('the policy judges a request before the cache does', async () => {
  page = await serveCached(() => ({ headers: fresh }))
  await page.ask()
  await expect(page.client.request({ url: cachedUrl, headers: { host: 'x' } })).rejects.toMatchObject({
    code: 'blocked_header',
  })
  await expect(page.client.request({ url: cachedUrl.replace('//', '//user@') })).rejects.toMatchObject({
    code: 'blocked_userinfo',
  })
})

test('a redirect is followed to a stored answer', async () => {
  page = await serveCached((request) =>
    request.url === '/page' ? { headers: fresh } : { status: 302, headers: { location: '/page' } },
  )
  await page.ask()
  expect(await page.ask({ url: 'http://example.com/old' })).toMatchObject({ cache: 'hit', text: 'answer 1' })
})
