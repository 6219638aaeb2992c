import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { createGuardedClient, type GuardedClientOptions } from '../../../src/tools/http-request/guarded-client.ts'
import { createTokenBucket } from '../../../src/tools/http-request/token-bucket.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { createFakeNetwork, type FakeNetwork, type FakeNetworkOptions } from '../../support/fake-network.ts'

let network: FakeNetwork

afterEach(() => network.close())

async function open(options: GuardedClientOptions, clock: FakeClock, fake: FakeNetworkOptions = {}) {
  const names = { 'example.com': [['93.184.215.14']], 'www.example.org': [['93.184.216.34']] }
  network = await createFakeNetwork({ names, ...fake })
  const limits = { maxCacheBytes: 0, ...options.limits }
  const client = createGuardedClient({ ...network.options, clock, ...options, limits })
  const get = (url = 'http://example.com/', timeoutMs = 30_000) =>
    client.request({ url, timeoutMs }).then(
      ({ status }) => String(status),
      ({ code, message }: { code: string; message: string }) => `${code} ${message}`,
    )
  return { client, get }
}

test('requests beyond the burst wait for their turn', async () => {
  const clock = createFakeClock()
  const { client, get } = await open({ limits: { requestsPerSecond: 2, requestBurst: 3 } }, clock)
  for (let turn = 0; turn < 6; turn += 1) expect(await get()).toBe('200')
  expect(clock.waits).toEqual([500, 500, 500])
  await client.close()
})

test('a turn that would come after the deadline is refused at once, and takes nothing from those who come later', async () => {
  const clock = createFakeClock()
  const { client, get } = await open({ limits: { requestsPerSecond: 0.5, requestBurst: 1 } }, clock)
  expect(await get()).toBe('200')
  for (let turn = 0; turn < 3; turn += 1) expect(await get(undefined, 1_000)).toMatch(/^rate_limited .*example\.com/)
  expect(clock.waits).toEqual([])
  expect(network.dialled).toHaveLength(1)
  clock.pass(2_000)
  expect(await get(undefined, 1_000)).toBe('200')
  await client.close()
})

test('each host has a rate of its own', async () => {
  const clock = createFakeClock()
  const { client, get } = await open({ limits: { requestsPerSecond: 1, requestBurst: 1 } }, clock)
  expect(await get('http://example.com/')).toBe('200')
  expect(await get('http://www.example.org/')).toBe('200')
  expect(clock.waits).toEqual([])
  await client.close()
})

test('a host that a rule lists gets any number, another one ten a second after twenty', async () => {
  const clock = createFakeClock()
  const { client, get } = await open({ allow: 'example.com' }, clock)
  for (let turn = 0; turn < 40; turn += 1) await get('http://example.com/')
  expect(clock.waits).toEqual([])
  for (let turn = 0; turn < 22; turn += 1) await get('http://www.example.org/')
  expect(clock.waits).toEqual([100, 100])
  await client.close()
})

test('all hosts together that no rule lists get so many a minute', async () => {
  const clock = createFakeClock()
  const { client, get } = await open({ allow: 'www.example.org', limits: { unlistedPerMinute: 12 } }, clock)
  expect(await get()).toBe('200')
  expect(await get()).toBe('200')
  expect(await get(undefined, 1_000)).toMatch(/^rate_limited .*unlisted/)
  expect(await get('http://www.example.org/')).toBe('200')
  await client.close()
})

test('each attempt takes a turn', async () => {
  const clock = createFakeClock()
  const fake = { respond: (_request: unknown, response: ServerResponse) => response.writeHead(503).end() }
  const { client, get } = await open({ limits: { requestsPerSecond: 0.1, requestBurst: 2 } }, clock, fake)
  expect(await get()).toBe('503')
  expect(clock.waits).toEqual([200, 400, 9_400])
  await client.close()
})

test('no more requests run at a time than the limits say, and the rest come in order', async () => {
  const waiting: { readonly path: string | undefined; readonly answer: () => void }[] = []
  const clock = createFakeClock()
  const { client, get } = await open(
    { allow: 'example.com www.example.org', limits: { connectionsPerHost: 2, maxConnections: 3 } },
    clock,
    { respond: ({ url }, response) => waiting.push({ path: url, answer: () => response.end() }) },
  )
  const running = [1, 2, 3, 4].map((path) => get(`http://example.com/${path}`))
  running.push(...[5, 6].map((path) => get(`http://www.example.org/${path}`)))
  await expect.poll(() => waiting.length).toBe(3)
  expect(network.open()).toBe(3)
  const seen: (string | undefined)[] = []
  while (seen.length < 6) {
    await expect.poll(() => waiting.length).toBeGreaterThan(0)
    expect(waiting.length).toBeLessThanOrEqual(3)
    const next = waiting.shift()
    seen.push(next?.path)
    next?.answer()
  }
  expect(await Promise.all(running)).toEqual(Array.from({ length: 6 }, () => '200'))
  expect(seen.filter((path) => Number(path?.slice(1)) <= 4)).toEqual(['/1', '/2', '/3', '/4'])
  await client.close()
})

test('a call whose time ends while every connection is busy says so', async () => {
  const fake = { respond: () => undefined }
  const { client, get } = await open({ limits: { connectionsPerHost: 1 } }, createFakeClock(), fake)
  const controller = new AbortController()
  const first = client.request({ url: 'http://example.com/', signal: controller.signal })
  const second = await get(undefined, 50)
  expect(second).toMatch(/^rate_limited .*example\.com/)
  controller.abort()
  await expect(first).rejects.toMatchObject({ code: 'cancelled' })
  await client.close()
})

test('a place is given back whatever becomes of a request', async () => {
  const clock = createFakeClock()
  const { client, get } = await open({ limits: { connectionsPerHost: 1, maxConnections: 1 } }, clock, {
    raw: (socket) => socket.destroy(),
  })
  for (let turn = 0; turn < 5; turn += 1) expect(await get()).toMatch(/^connect_failed/)
  await client.close()
})

test('over any span no more pass a bucket than its burst and rate allow, and none waits longer than it must', async () => {
  network = await createFakeNetwork()
  const step = fc.record({ pauseMs: fc.nat(2_000), longestMs: fc.nat(3_000) })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(step, { maxLength: 40 }),
      (perSecond, burst, steps) => {
        const clock = createFakeClock()
        const bucket = createTokenBucket(perSecond, burst, clock)
        const passes: number[] = []
        for (const { pauseMs, longestMs } of steps) {
          clock.pass(pauseMs)
          const waitMs = bucket.take(longestMs)
          if (waitMs === undefined) continue
          expect(waitMs).toBeLessThanOrEqual(longestMs)
          passes.push(clock.now() + waitMs)
        }
        for (const [from, start] of passes.entries()) {
          for (const [to, end] of passes.entries()) {
            if (to < from) continue
            // A millisecond and a hair of a token are lost in rounding.
            expect(to - from + 1).toBeLessThanOrEqual(burst + ((end - start + 1) / 1_000) * perSecond + 0.001)
          }
        }
      },
    ),
  )
})
