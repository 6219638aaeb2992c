import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { createGuardedClient, type GuardedRequest } from '../../../src/tools/http-request/guarded-client.ts'
import type { HttpLimits } from '../../../src/tools/http-request/limits.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { createFakeNetwork, type FakeNetwork, type FakeNetworkOptions } from '../../support/fake-network.ts'

let network: FakeNetwork

afterEach(() => network.close())

type Answer = readonly [status: number, headers?: Readonly<Record<string, string>>]

const names = { 'example.com': [['93.184.215.14']] }

async function run(
  fake: FakeNetworkOptions,
  request: Partial<GuardedRequest> = {},
  clock: FakeClock = createFakeClock(),
  limits: Partial<HttpLimits> = {},
) {
  network = await createFakeNetwork({ names, ...fake })
  const client = createGuardedClient({ ...network.options, allow: 'example.com', clock, limits })
  try {
    const { status, attempts, notes } = await client.request({ url: 'http://example.com/', ...request })
    return { status, attempts, notes, waits: clock.waits }
  } catch (error) {
    return { code: (error as { code: string }).code, waits: clock.waits }
  } finally {
    await client.close()
  }
}

/** Gives one answer after the other; the last stays. */
function answering(...answers: readonly Answer[]): FakeNetworkOptions {
  let turn = 0
  return {
    respond(_request, response) {
      const [status, headers] = answers[Math.min(turn, answers.length - 1)] ?? [200]
      turn += 1
      response.writeHead(status, headers).end('body')
    },
  }
}

test.each([429, 502, 503, 504])('%i is tried again, each time after a longer wait', async (status) => {
  expect(await run(answering([status], [status], [200]))).toEqual({
    status: 200,
    attempts: 3,
    notes: [],
    waits: [200, 400],
  })
})

test.each([400, 401, 404, 408, 500, 501])('%i is the answer', async (status) => {
  expect(await run(answering([status]))).toMatchObject({ status, attempts: 1, waits: [] })
})

test('the last answer is returned when all attempts are used up', async () => {
  expect(await run(answering([503]))).toMatchObject({ status: 503, attempts: 3 })
  await network.close()
  expect(await run(answering([503]), {}, createFakeClock(), { maxAttempts: 1 })).toMatchObject({
    attempts: 1,
    waits: [],
  })
})

test.each(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'PUT', 'DELETE'])('a %s may be repeated', async (method) => {
  expect(await run(answering([503], [200]), { method })).toMatchObject({ status: 200, attempts: 2 })
})

test.each(['POST', 'PATCH'])('a %s may not, unless it carries a key', async (method) => {
  const body = Buffer.from('{}')
  expect(await run(answering([503], [200]), { method, body })).toMatchObject({ status: 503, attempts: 1 })
  await network.close()
  const headers = { 'Idempotency-Key': 'k1' }
  expect(await run(answering([503], [200]), { method, body, headers })).toMatchObject({ status: 200, attempts: 2 })
})

test('a repeated request is the same, body and all', async () => {
  const seen: string[] = []
  await run(
    {
      raw(socket) {
        socket.on('data', (data) => {
          seen.push(data.toString())
          socket.write('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n')
        })
      },
    },
    { method: 'PUT', body: Buffer.from('the body') },
  )
  expect(seen).toHaveLength(3)
  expect(seen[0]).toMatch(/\r\n\r\nthe body$/)
  expect(new Set(seen)).toHaveProperty('size', 1)
})

test.each([
  ['seconds', () => '7', 7_000],
  ['a date', (now: number) => new Date(now + 9_000).toUTCString(), 9_000],
  ['a date that is over', (now: number) => new Date(now - 9_000).toUTCString(), 200],
  ['no wait at all', () => '0', 200],
  ['nonsense', () => 'soon', 200],
  ['a negative number', () => '-5', 200],
])('Retry-After with %s', async (_name, header, waitMs) => {
  const clock = createFakeClock()
  const headers = { 'retry-after': header(clock.now()) }
  expect(await run(answering([503, headers], [200]), {}, clock)).toMatchObject({ status: 200, waits: [waitMs] })
})

test.each(['31', '86400', '99999999999999999999'])(
  'Retry-After of %s s, past the end of the call, is told at once',
  async (seconds) => {
    const outcome = await run(answering([429, { 'retry-after': seconds }]), { timeoutMs: 30_000 })
    expect(outcome).toMatchObject({ status: 429, attempts: 1, waits: [] })
    expect(outcome.notes?.[0]).toMatch(/^The server asks to wait \d+ s/)
  },
)

test('a wait just short of the end of the call is kept in full', async () => {
  expect(await run(answering([429, { 'retry-after': '29' }], [200]), { timeoutMs: 30_000 })).toMatchObject({
    status: 200,
    waits: [29_000],
  })
})

test('no wait is shorter than asked, or longer than the backoff where nothing is asked', async () => {
  network = await createFakeNetwork()
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.option(fc.integer({ min: 0, max: 5 })),
      async (chance, asked) => {
        await network.close()
        const headers = asked === null ? {} : { 'retry-after': String(asked) }
        const { waits } = await run(answering([503, headers]), {}, createFakeClock(chance))
        expect(waits).toHaveLength(2)
        for (const [index, wait] of waits.entries()) {
          expect(wait).toBeGreaterThanOrEqual(Math.max((asked ?? 0) * 1_000, 200 * 2 ** index))
          expect(wait).toBeLessThanOrEqual(Math.max((asked ?? 0) * 1_000, 400 * 2 ** index))
        }
      },
    ),
    { numRuns: 20 },
  )
})

test.each([
  ['GET', 3],
  ['POST', 1],
])('a connection that is lost before the answer to a %s is tried %i times', async (method, times) => {
  const outcome = await run({ raw: (socket) => socket.once('data', () => socket.destroy()) }, { method })
  expect(outcome.code).toBe('connect_failed')
  expect(network.dialled).toHaveLength(times)
})

test('a connection that cannot be made is tried again, each time after a lookup', async () => {
  network = await createFakeNetwork({ names })
  let times = 0
  const clock = createFakeClock()
  const client = createGuardedClient({
    ...network.options,
    clock,
    async connect(to, signal) {
      times += 1
      if (times < 3) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      return network.options.connect(to, signal)
    },
  })
  expect(await client.request({ url: 'http://example.com/' })).toMatchObject({ status: 200, attempts: 3 })
  expect(network.lookedUp).toHaveLength(3)
  await client.close()
})

test('a name that moves to a denied address between two attempts is not followed', async () => {
  const fake = {
    ...answering([503, { connection: 'close' }]),
    names: { 'example.com': [['93.184.215.14'], ['169.254.169.254']] },
  }
  expect(await run(fake)).toMatchObject({ code: 'blocked_address' })
  expect(network.dialled).toEqual(['93.184.215.14'])
})

test('an answer that breaks off is not asked for again', async () => {
  const outcome = await run({
    raw: (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')),
  })
  expect(outcome.code).toBe('connect_failed')
  expect(network.dialled).toHaveLength(1)
})

test('cancelling ends a wait', async () => {
  const controller = new AbortController()
  network = await createFakeNetwork({
    names,
    respond(_request, response) {
      response.writeHead(503, { 'retry-after': '20' }).end(() => setImmediate(() => controller.abort()))
    },
  })
  const client = createGuardedClient(network.options)
  await expect(client.request({ url: 'http://example.com/', signal: controller.signal })).rejects.toMatchObject({
    code: 'cancelled',
  })
  await client.close()
})
