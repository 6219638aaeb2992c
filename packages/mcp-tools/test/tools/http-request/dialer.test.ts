import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import type { GuardedClientOptions } from '../../../src/tools/http-request/guarded-client.ts'
import { callHttpRequest } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork, type FakeNetworkOptions } from '../../support/fake-network.ts'
import { startTargetServer } from '../../support/target-server.ts'

let network: FakeNetwork

afterEach(async () => {
  vi.unstubAllEnvs()
  await network.close()
})

const address = '93.184.215.14'

async function call(options: FakeNetworkOptions, args: Readonly<Record<string, unknown>>) {
  network = await createFakeNetwork({ names: { 'example.com': [[address]] }, ...options })
  return callHttpRequest(network.options, args)
}

test.each(['http', 'https'])('%s: a far end that turns out to be denied is sent nothing', async (scheme) => {
  const outcome = await call({ landsAt: { [address]: '10.0.0.1' } }, { url: `${scheme}://example.com/` })
  expect(outcome.code).toBe('blocked_address')
  expect(network.dialled).toEqual([address])
  await network.closed()
  expect(network.bytes()).toBe(0)
})

test.each(['http', 'https'])('%s: a mixed answer is refused whole, in any order', async (scheme) => {
  for (const answers of [
    [address, '127.0.0.1'],
    ['fe80::1%eth0', address],
    [address, address, '::'],
  ]) {
    const outcome = await call({ names: { 'example.com': [answers] } }, { url: `${scheme}://example.com/` })
    expect(outcome.code).toBe('blocked_address')
    expect(network.dialled).toEqual([])
    await network.close()
  }
  network = await createFakeNetwork()
})

test('an answer that is no address is refused', async () => {
  const outcome = await call({ names: { 'example.com': [['/var/run/docker.sock']] } }, { url: 'http://example.com/' })
  expect(outcome.code).toBe('blocked_address')
})

test('names are looked up once a hop, bare, and never for an address', async () => {
  await call({}, { url: 'http://EXAMPLE.com./' })
  expect(network.lookedUp).toEqual(['example.com'])
  await network.close()
  await call({}, { url: `http://${address}/` })
  expect(network.lookedUp).toEqual([])
})

test('a name without an address, and one that cannot be looked up', async () => {
  const nowhere = await call({ names: {} }, { url: 'http://example.com/' })
  expect(nowhere).toMatchObject({ code: 'dns_failed', message: 'example.com has no address.' })
  const failing = {
    ...network.options,
    resolve: () => Promise.reject(Object.assign(new Error(), { code: 'EAI_AGAIN' })),
  }
  const failed = await callHttpRequest(failing, { url: 'http://example.com/' })
  expect(failed).toMatchObject({ code: 'dns_failed', message: expect.stringContaining('EAI_AGAIN') })
})

test('a lookup that hangs ends with the time', async () => {
  network = await createFakeNetwork()
  const hanging = { ...network.options, resolve: () => new Promise<never>(() => undefined) }
  const outcome = await callHttpRequest(hanging, { url: 'http://example.com/', timeout_ms: 100 })
  expect(outcome.code).toBe('timeout')
})

test('a certificate for another name', async () => {
  const outcome = await call({ names: { 'wrong.example.net': [[address]] } }, { url: 'https://wrong.example.net/' })
  expect(outcome).toMatchObject({
    code: 'tls_failed',
    message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  })
})

test('a certificate that nobody vouches for, whatever the environment says', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  network = await createFakeNetwork({ names: { 'example.com': [[address]] } })
  const { ca: _trusted, ...untrusting } = network.options
  const outcome = await callHttpRequest(untrusting, { url: 'https://example.com/' })
  expect(outcome).toMatchObject({ code: 'tls_failed', message: expect.stringContaining('SELF_SIGNED') })
})

test('a server that does not speak TLS', async () => {
  const outcome = await call(
    { raw: (socket) => socket.end('HTTP/1.1 400 no\r\n\r\n') },
    { url: 'https://example.com/' },
  )
  expect(outcome.code).toBe('tls_failed')
})

test('a server that stalls the handshake', async () => {
  const outcome = await call({ raw: (socket) => socket.resume() }, { url: 'https://example.com/', timeout_ms: 200 })
  expect(outcome.code).toBe('timeout')
  await network.closed()
})

test('by default it connects over TCP: to localhost by either family, and to what refuses', async () => {
  network = await createFakeNetwork()
  const target = await startTargetServer((_request, response) => response.end('real'))
  const { port } = new URL(target.origin)
  const url = `http://localhost:${port}/`
  expect(await callHttpRequest({ allow: url }, { url })).toMatchObject({ answer: { status: 200, body: 'real' } })
  await target.close()
  expect(await callHttpRequest({ allow: url }, { url })).toMatchObject({
    code: 'connect_failed',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test.each([
  [{ timeout_ms: 100 }, 'timeout'],
  [{}, 'connect_failed'],
])('a connection that is never made, with %j, ends as %s', async (args, code) => {
  network = await createFakeNetwork()
  const options: GuardedClientOptions = {
    ...network.options,
    limits: { connectTimeoutMs: 200 },
    async connect(_to, signal) {
      await once(signal, 'abort')
      throw signal.reason
    },
  }
  const outcome = await callHttpRequest(options, { url: `http://${address}/`, ...args })
  expect(outcome.code).toBe(code)
})
