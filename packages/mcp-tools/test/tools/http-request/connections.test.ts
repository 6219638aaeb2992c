import type { Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import {
  createGuardedClient,
  type GuardedClient,
  type GuardedClientOptions,
} from '../../../src/tools/http-request/guarded-client.ts'
import { createFakeNetwork, type FakeNetwork, type FakeNetworkOptions } from '../../support/fake-network.ts'

let network: FakeNetwork
let client: GuardedClient

afterEach(async () => {
  await client.close()
  await network.close()
})

const address = '93.184.215.14'
const otherAddress = '93.184.216.34'
const names = { 'example.com': [[address]], 'www.example.org': [[otherAddress]] }

async function open(fake: FakeNetworkOptions = {}, options: GuardedClientOptions = {}) {
  network = await createFakeNetwork({ names, ...fake })
  const unlimited = { maxCacheBytes: 0, unlistedPerSecond: Infinity, unlistedPerMinute: Infinity }
  client = createGuardedClient({ ...network.options, ...options, limits: { ...unlimited, ...options.limits } })
}

async function get(url: string, method = 'GET') {
  const { body, timing, tls } = await client.request({ url, method })
  return { text: body.bytes.toString(), timing, tls }
}

const codeOf = (request: Promise<unknown>) =>
  request.then(
    () => 'none',
    ({ code }: { code: string }) => code,
  )

test.each(['http', 'https'])('%s: the next request uses the same connection', async (scheme) => {
  await open()
  const first = await get(`${scheme}://example.com/1`)
  const second = await get(`${scheme}://example.com/2`)
  expect(network.dialled).toEqual([address])
  expect(network.lookedUp).toEqual(['example.com'])
  expect(first.timing).toHaveProperty('connectMs')
  expect(second.timing).not.toHaveProperty('connectMs')
  expect('tlsMs' in first.timing).toBe(scheme === 'https')
  expect(second.tls?.protocol).toBe(scheme === 'https' ? 'TLSv1.3' : undefined)
})

test('a TLS connection tells its cipher, and who vouches for it until when', async () => {
  await open()
  const { tls } = await get('https://example.com/')
  expect(tls).toMatchObject({ cipher: expect.stringMatching(/^TLS_/), validTo: expect.stringMatching(/^\d{4}-.*Z$/) })
})

test.each([
  ['another scheme', 'https://example.com/'],
  ['another port', 'http://example.com:8080/'],
  ['another host', 'http://www.example.org/'],
  ['another rule', 'http://example.com/api/x'],
])('%s gets a connection of its own', async (_name, url) => {
  await open({}, { allow: 'http://example.com/api' })
  await get('http://example.com/')
  await get(url)
  expect(network.dialled).toHaveLength(2)
})

test('each profile has connections of its own', async () => {
  const profiles = ['one', 'two'].map((name) => ({
    name,
    origin: 'http://example.com',
    secret: name,
    bearer: true as const,
  }))
  await open({}, { allow: 'example.com', profiles })
  for (const auth of ['one', 'two', 'none', 'one', 'two', 'none'])
    await client.request({ url: 'http://example.com/', auth })
  expect(network.dialled).toHaveLength(3)
})

test('no sequence of requests over kept connections reaches the wrong address', async () => {
  const hosts = {
    'example.com': address,
    'www.example.org': otherAddress,
    'public.example.com': '93.184.215.15',
  }
  await open({
    names: Object.fromEntries(Object.entries(hosts).map(([name, at]) => [name, [[at]]])),
    respond: (request, response) => response.end(network.addressOf(request)),
  })
  const request = fc.record({
    scheme: fc.constantFrom('http', 'https'),
    host: fc.constantFrom(...(Object.keys(hosts) as (keyof typeof hosts)[])),
    together: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async (requests) => {
      const running: Promise<void>[] = []
      for (const { scheme, host, together } of requests) {
        const done = get(`${scheme}://${host}/`).then(({ text }) => expect(text).toBe(hosts[host]))
        running.push(done)
        if (!together) await done
      }
      await Promise.all(running)
    }),
    { numRuns: 30 },
  )
})

test('a name that moves to a private address is not followed, nor is its old address asked once the connection is gone', async () => {
  await open({
    names: { 'example.com': [[address], ['10.0.0.1']] },
    respond(request, response) {
      if (request.url === '/last') response.setHeader('connection', 'close')
      response.end(network.addressOf(request))
    },
  })
  expect((await get('http://example.com/')).text).toBe(address)
  expect((await get('http://example.com/last')).text).toBe(address)
  expect(await codeOf(get('http://example.com/'))).toBe('blocked_address')
  expect(network.dialled).toEqual([address])
})

test('a kept connection is judged again, and closed where its address is denied by now', async () => {
  const own: string[] = []
  await open({}, { ownNetworks: () => own })
  await get('http://example.com/')
  own.push('93.184.215.1/24')
  expect(await codeOf(get('http://example.com/'))).toBe('blocked_address')
  await network.closed()
})

test('a redirect gets a connection and a lookup of its own', async () => {
  await open({
    respond: (request, response) =>
      request.url === '/' ? response.writeHead(302, { location: '/there' }).end() : response.end('there'),
  })
  await get('http://example.com/there')
  await get('http://example.com/')
  expect(network.lookedUp).toHaveLength(2)
})

test.each([
  ['the server says so', { connection: 'close' }],
  ['the server keeps it too shortly', { 'keep-alive': 'timeout=1' }],
])('a connection is not kept where %s', async (_name, headers) => {
  await open({ respond: (_request, response) => response.writeHead(200, headers).end('x') })
  await get('http://example.com/')
  await network.closed()
  expect(network.open()).toBe(0)
})

test('an idle connection closes in time', async () => {
  await open({}, { limits: { idleTimeoutMs: 50 } })
  await get('http://example.com/')
  await network.closed()
  expect(network.open()).toBe(0)
})

test('a connection that has grown old takes no new request', async () => {
  await open({}, { limits: { maxConnectionAgeMs: 0 } })
  await get('http://example.com/')
  await network.closed()
  expect(network.open()).toBe(0)
})

test('a body that is not read to its end closes its connection', async () => {
  await open(
    { respond: (_request, response) => response.end('x'.repeat(1_000_000)) },
    { limits: { maxBodyBytes: 1_000 } },
  )
  expect((await get('http://example.com/')).text).toHaveLength(1_000)
  await network.closed()
})

test('as many idle connections are kept as the limits say', async () => {
  await open({}, { limits: { maxIdlePerHost: 2, maxIdle: 3 } })
  await Promise.all(Array.from({ length: 6 }, () => get('http://example.com/')))
  await expect.poll(() => network.open()).toBe(2)
  await Promise.all(Array.from({ length: 6 }, () => get('http://www.example.org/')))
  await expect.poll(() => network.open()).toBe(3)
})

test('closing the client closes what is idle', async () => {
  await open()
  await Promise.all([get('http://example.com/'), get('http://www.example.org/')])
  expect(network.open()).toBe(2)
  await client.close()
  await network.closed()
})

/** Sockets that keep the process alive. */
const countSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length

test('an idle connection does not keep the process alive', async () => {
  await open()
  const before = countSockets()
  await get('http://example.com/')
  // The server's end, and not the client's.
  await expect.poll(countSockets).toBe(before + 1)
})

const answer = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`

/** Answers the first request of the first connection, and drops that connection on its second request. */
function dropSecond(socket: Socket, requests: string[], isFirst: boolean): void {
  let count = 0
  socket.on('data', (data: Buffer) => {
    count += 1
    requests.push(data.toString().split('\r\n')[0] ?? '')
    if (isFirst && count === 2) socket.destroy()
    else socket.write(answer('answer'))
  })
}

test.each([
  ['GET', 3, 'none'],
  ['PUT', 3, 'none'],
  ['POST', 2, 'connect_failed'],
])('a %s on a kept connection that dies is sent %i times in all: %s', async (method, times, code) => {
  const requests: string[] = []
  let connections = 0
  await open(
    {
      raw(socket) {
        connections += 1
        dropSecond(socket, requests, connections === 1)
      },
    },
    { allow: 'example.com', limits: { maxAttempts: 1 } },
  )
  await get('http://example.com/')
  expect(await codeOf(get('http://example.com/', method))).toBe(code)
  expect(requests).toHaveLength(times)
})

test.each([0, 20])('bytes that nobody asked for, %i ms later, never become the next answer', async (delay) => {
  await open({
    raw(socket) {
      socket.once('data', () => {
        socket.write(delay === 0 ? answer('first') + answer('planted') : answer('first'))
        if (delay > 0) setTimeout(() => socket.write(answer('planted')), delay)
        socket.once('data', () => socket.end(answer('second')))
      })
    },
  })
  expect((await get('http://example.com/')).text).toBe('first')
  if (delay > 0) await network.closed()
  const { text } = await get('http://example.com/')
  expect(text).toBe('first')
  expect(network.dialled).toHaveLength(2)
})

test('cancelling closes a kept connection that is in use, too', async () => {
  const controller = new AbortController()
  await open({
    respond: (request, response) => {
      if (request.url === '/') response.end()
      else controller.abort()
    },
  })
  await get('http://example.com/')
  expect(await codeOf(client.request({ url: 'http://example.com/wait', signal: controller.signal }))).toBe('cancelled')
  await network.closed()
})
