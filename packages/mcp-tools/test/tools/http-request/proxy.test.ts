import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import type { GuardedClientOptions } from '../../../src/tools/http-request/guarded-client.ts'
import type { ProxyServer } from '../../../src/tools/http-request/proxy.ts'
import { callHttpRequest } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork, type FakeNetworkOptions } from '../../support/fake-network.ts'

let network: FakeNetwork

afterEach(async () => {
  vi.unstubAllEnvs()
  await network.close()
})

const address = '93.184.215.14'
const names = {
  'example.com': [[address, '93.184.215.15']],
  'proxy.example.net': [['10.9.9.9']],
  'near.example.com': [['10.0.0.1']],
}

/** Calls through a proxy, which is the fake network too. */
async function call(
  url: string,
  proxy: ProxyServer,
  options: FakeNetworkOptions = {},
  more: Partial<GuardedClientOptions> = {},
) {
  network = await createFakeNetwork({ names, ...options })
  return callHttpRequest({ ...network.options, proxy, ...more }, { url })
}

const proxies = ['http://proxy.example.net:3128', 'https://proxy.example.net', 'http://10.9.9.9:3128']

test.each(proxies)('%s is asked for the address that was judged, for http and https alike', async (url) => {
  for (const scheme of ['http', 'https']) {
    const { answer } = await call(`${scheme}://example.com/`, { url })
    expect(answer).toMatchObject({ status: 200, body: 'reached' })
    expect(network.tunnels).toEqual([{ target: `${address}:${scheme === 'http' ? 80 : 443}`, auth: undefined }])
    expect(network.dialled).toEqual(['10.9.9.9'])
    expect(network.lookedUp).toContain('example.com')
    await network.close()
  }
  network = await createFakeNetwork()
})

test.each(['http://near.example.com/', 'https://10.0.0.1/', 'http://[::1]/', 'http://localhost/'])(
  '%s is denied before the proxy hears of it',
  async (url) => {
    for (const egressGuard of [false, true]) {
      const proxy = { url: 'http://proxy.example.net:3128', egressGuard }
      const { code } = await call(url, proxy, {}, { deny: 'near.example.com' })
      expect(code).toMatch(/^blocked_(?:address|host|rule)$/)
      expect({ dialled: network.dialled, bytes: network.bytes() }).toEqual({ dialled: [], bytes: 0 })
      await network.close()
    }
    network = await createFakeNetwork()
  },
)

test('an egress guard is asked for the name, which is not looked up here', async () => {
  const proxy = { url: 'http://proxy.example.net:3128', egressGuard: true }
  const { answer } = await call('https://example.com:8443/', proxy)
  expect(answer).toMatchObject({ status: 200 })
  expect(network.tunnels).toEqual([{ target: 'example.com:8443', auth: undefined }])
  expect(network.lookedUp).toEqual(['proxy.example.net'])
  await network.close()
  await call('http://[2606:4700:4700::1111]/', proxy)
  expect(network.tunnels).toEqual([{ target: '[2606:4700:4700::1111]:80', auth: undefined }])
})

test('credentials go to the proxy alone, and are hidden', async () => {
  const proxy = { url: 'http://proxy.example.net:3128', auth: 'ann:long-password' }
  const basic = Buffer.from('ann:long-password').toString('base64')
  const heard: unknown[] = []
  const { answer } = await call('http://example.com/', proxy, {
    respond(request, response) {
      heard.push(request.headers['proxy-authorization'])
      response.end(`long-password ${basic}`)
    },
  })
  expect(network.tunnels).toEqual([{ target: `${address}:80`, auth: `Basic ${basic}` }])
  expect(heard).toEqual([undefined])
  expect(answer).toMatchObject({ body: '[redacted:proxy] [redacted:proxy]' })
})

test.each([
  [407, 'HTTP_PROXY_AUTH'],
  [403, 'The proxy answered 403'],
])('a proxy that answers %i is a clear failure', async (status, message) => {
  const outcome = await call('http://example.com/', { url: proxies[0] ?? '' }, { proxyStatus: () => status })
  expect(outcome).toMatchObject({ code: 'connect_failed', message: expect.stringContaining(message) })
})

test('another address of the host is tried where the proxy cannot reach one', async () => {
  const proxyStatus = (target: string) => (target.startsWith(address) ? 502 : 200)
  const { answer } = await call('http://example.com/', { url: proxies[0] ?? '' }, { proxyStatus })
  expect(answer).toMatchObject({ status: 200 })
  expect(network.tunnels.map(({ target }) => target)).toEqual([`${address}:80`, '93.184.215.15:80'])
})

async function refuse(): Promise<never> {
  throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
}

test('a proxy that does not speak HTTP, speaks early, or is not there', async () => {
  const proxy = { url: proxies[0] ?? '' }
  for (const raw of ['nonsense\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n']) {
    const { code } = await call('http://example.com/', proxy, { raw: (socket) => socket.end(raw) })
    expect(code).toBe('connect_failed')
    await network.close()
  }
  const outcome = await call('http://example.com/', proxy, {}, { connect: refuse })
  expect(outcome).toMatchObject({ code: 'connect_failed', message: 'The proxy cannot be reached (ECONNREFUSED).' })
})

test('a proxy that never answers ends with the time', async () => {
  network = await createFakeNetwork({ names, raw: (socket) => socket.resume() })
  const options = { ...network.options, proxy: { url: proxies[0] ?? '' } }
  expect(await callHttpRequest(options, { url: 'http://example.com/', timeout_ms: 100 })).toMatchObject({
    code: 'timeout',
  })
  await network.closed()
})

test('the environment’s proxies are not used', async () => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy'])
    vi.stubEnv(name, 'http://10.9.9.9:3128')
  network = await createFakeNetwork({ names })
  await callHttpRequest(network.options, { url: 'https://example.com/' })
  expect({ dialled: network.dialled, tunnels: network.tunnels }).toEqual({ dialled: [address], tunnels: [] })
})

const folder = new URL('../../fixtures/certificate/', import.meta.url)
const certificate = {
  origin: 'https://example.com',
  cert: readFileSync(new URL('cert.pem', folder), 'utf8'),
  key: readFileSync(new URL('key.pem', folder), 'utf8'),
}

test('a client certificate is shown to its own origin, where a rule lists the request', async () => {
  const clientCertificates = [certificate]
  const run = async (url: string, allow: string, auth?: string) => {
    network = await createFakeNetwork({
      names: { ...names, 'www.example.org': [[address]] },
      clientCa: certificate.cert,
    })
    const options = { ...network.options, allow, clientCertificates }
    const { answer, code } = await callHttpRequest(options, { url, ...(auth !== undefined && { auth }) })
    await network.close()
    return answer?.status ?? code
  }
  expect(await run('https://example.com/', 'example.com')).toBe(200)
  expect(await run('https://example.com/', '')).not.toBe(200)
  expect(await run('https://example.com:8443/', 'example.com:*')).not.toBe(200)
  expect(await run('https://www.example.org/', 'www.example.org')).not.toBe(200)
  network = await createFakeNetwork()
})
