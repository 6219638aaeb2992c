import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { type CachedPage, passSeconds, type Reply, serveCached } from '../../support/cached-page.ts'

let page: CachedPage

afterEach(() => page.close())

const fresh = { 'cache-control': 'max-age=60' }

test('a fresh answer is used again, with its age, and nothing is sent', async () => {
  page = await serveCached(() => ({ headers: fresh }))
  expect(await page.ask()).toMatchObject({ cache: 'miss', text: 'answer 1', attempts: 1 })
  passSeconds(59)
  expect(await page.ask()).toMatchObject({ cache: 'hit', text: 'answer 1', attempts: 0, headers: { age: '59' } })
  passSeconds(2)
  expect(await page.ask()).toMatchObject({ cache: 'miss', text: 'answer 2' })
  expect(page.seen).toHaveLength(2)
})

test.each<[string, NonNullable<Reply['headers']>, string]>([
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
  page = await serveCached(() => ({ headers }))
  expect(await page.askEach({}, {})).toEqual(['miss', expected])
})

test.each([
  [200, 'hit'],
  [203, 'hit'],
  [404, 'hit'],
  [410, 'hit'],
  [206, 'miss'],
  [500, 'miss'],
])('a fresh %i is a %s', async (status, expected) => {
  page = await serveCached(() => ({ status, headers: fresh }))
  expect(await page.askEach({}, {})).toEqual(['miss', expected])
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
  page = await serveCached((request) =>
    Object.keys(condition).every((name) => request.headers[name] !== undefined)
      ? { status: 304, headers: { ...validator, ...fresh, 'x-turn': 'two' } }
      : { headers: { ...validator, 'cache-control': 'max-age=10', 'x-turn': 'one', 'content-type': 'text/plain' } },
  )
  await page.ask()
  passSeconds(11)
  expect(await page.ask()).toMatchObject({ cache: 'revalidated', status: 200, text: 'answer 1', attempts: 1 })
  expect(page.seen[1]?.headers).toMatchObject(condition)
  passSeconds(59)
  const again = await page.ask()
  expect(again).toMatchObject({ cache: 'hit', text: 'answer 1' })
  // The 304 renewed the headers, and left those it did not name.
  expect(again.headers).toMatchObject({ 'x-turn': 'two', 'content-type': 'text/plain' })
  expect(page.seen).toHaveLength(2)
})

test.each(['no-cache', 'max-age=60, must-revalidate', 'max-age=0'])('%s with a tag is asked about', async (control) => {
  page = await serveCached((request) => ({
    status: request.headers['if-none-match'] === undefined ? 200 : 304,
    headers: { 'cache-control': control, etag: '"v1"' },
  }))
  await page.ask()
  passSeconds(61)
  expect(await page.ask()).toMatchObject({ cache: 'revalidated', text: 'answer 1' })
})

test('an answer that changed replaces the stored one', async () => {
  page = await serveCached((_request, turn) => ({ headers: { ...fresh, etag: `"v${turn}"` } }))
  await page.ask()
  passSeconds(61)
  expect(await page.ask()).toMatchObject({ cache: 'miss', text: 'answer 2' })
  expect(await page.ask()).toMatchObject({ cache: 'hit', text: 'answer 2' })
})

test('a 304 about another version is not believed', async () => {
  page = await serveCached((_request, turn) =>
    turn === 2
      ? { status: 304, headers: { etag: '"other"' } }
      : { headers: { 'cache-control': 'max-age=0', etag: '"v1"' } },
  )
  await page.ask()
  expect(await page.ask()).toMatchObject({ cache: 'miss', status: 200, text: 'answer 3' })
})

test('a 304 that names no version is about the one that it was asked about', async () => {
  page = await serveCached((_request, turn) =>
    turn === 1 ? { headers: { 'cache-control': 'no-cache', etag: '"v1"' } } : { status: 304 },
  )
  await page.ask()
  expect(await page.askEach({}, {})).toEqual(['revalidated', 'revalidated'])
})

test('a server that fails when asked about a stale answer is not covered up', async () => {
  page = await serveCached((_request, turn) => ({
    status: turn === 1 ? 200 : 500,
    headers: { ...fresh, etag: '"v1"' },
  }))
  await page.ask()
  passSeconds(61)
  expect(await page.ask()).toMatchObject({ cache: 'miss', status: 500 })
})

test('what is cut off is not stored', async () => {
  page = await serveCached(() => ({ headers: fresh, body: 'x'.repeat(2_000) }), { limits: { maxBodyBytes: 1_000 } })
  expect(await page.askEach({}, {})).toEqual(['miss', 'miss'])
})

test('a packed answer is stored unpacked', async () => {
  page = await serveCached(() => ({ headers: { ...fresh, 'content-encoding': 'gzip' }, body: gzipSync('unpacked') }))
  await page.ask()
  expect(await page.ask()).toMatchObject({ cache: 'hit', text: 'unpacked' })
})
