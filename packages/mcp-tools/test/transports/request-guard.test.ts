import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { createServerFactory } from '../../src/server.ts'
import { type HttpEndpoint, type HttpOptions, serveOverHttp } from '../../src/transports/http.ts'

const paths = ['/mcp', '/sse', '/messages'] as const
const token = 'a-token-of-enough-letters'
const discover = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })

let endpoint: HttpEndpoint

afterEach(() => endpoint.close())

async function serve(options: Partial<HttpOptions> = {}): Promise<void> {
  const defaults = { host: '127.0.0.1', port: 0, token: undefined, hosts: [], onError: () => undefined }
  endpoint = await serveOverHttp(createServerFactory(), { ...defaults, ...options })
}

/** Sends exactly these headers, Host too, and reads the status before the body. */
async function send(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | undefined = path === '/sse' ? undefined : discover,
): Promise<{ status: number | undefined; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; text: string }>()
  const method = body === undefined ? 'GET' : 'POST'
  const accept = 'application/json, text/event-stream'
  const sent = request(new URL(path, endpoint.origin), {
    method,
    headers: { accept, 'content-type': 'application/json', ...headers },
  })
  sent.once('error', reject)
  sent.once('response', (response) => {
    // A stream never ends by itself: its status is all that is asked.
    const isStream = path === '/sse' && response.statusCode === 200
    if (isStream) {
      response.destroy()
      resolve({ status: 200, text: '' })
    } else text(response).then((read) => resolve({ status: response.statusCode, text: read }), reject)
  })
  sent.end(body)
  return promise
}

test('answers loopback by each of its names', async () => {
  await serve()
  const { port } = new URL(endpoint.origin)
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST']) {
    expect(await send('/mcp', { host, origin: 'http://localhost:6274' })).toMatchObject({ status: 200 })
  }
  expect(await send('/sse')).toMatchObject({ status: 200 })
})

test.each(paths)('%s refuses a Host that is not its own', async (path) => {
  await serve()
  for (const host of [
    'evil.example',
    '169.254.1.1',
    'localhost.evil.example',
    'localhost@evil.example',
    'evil.example@localhost',
    'x/@localhost',
  ]) {
    expect(await send(path, { host })).toMatchObject({ status: 403 })
  }
})

test.each(paths)('%s refuses an Origin that is not its own', async (path) => {
  await serve()
  for (const origin of ['http://evil.example', 'https://localhost.evil.example', 'null', 'file://', 'garbage']) {
    expect(await send(path, { origin })).toMatchObject({ status: 403 })
  }
})

test.each(paths)('%s refuses a missing or wrong token', async (path) => {
  await serve({ token })
  for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${token}`, `Bearer ${token}x`]) {
    expect(await send(path, { authorization })).toMatchObject({ status: 401 })
  }
})

test('answers with the right token, and never shows it', async () => {
  await serve({ token })
  const right = await send('/mcp', { authorization: `Bearer ${token}` })
  expect(right).toMatchObject({ status: 200 })
  const wrong = await send('/mcp', { authorization: 'Bearer wrong' })
  expect(`${right.text}${wrong.text}`).not.toContain(token)
})

test('answers to names that the operator adds', async () => {
  await serve({ token, hosts: ['tools.example'] })
  const authorization = `Bearer ${token}`
  const named = { host: 'tools.example:8443', origin: 'https://tools.example', authorization }
  expect(await send('/mcp', named)).toMatchObject({ status: 200 })
  expect(await send('/mcp', { host: 'other.example', authorization })).toMatchObject({ status: 403 })
})

test('on every address, answers to addresses but not to names, and to its own pages only', async () => {
  await serve({ host: '0.0.0.0', token })
  const authorization = `Bearer ${token}`
  expect(await send('/mcp', { host: '192.0.2.7:3001', authorization })).toMatchObject({ status: 200 })
  expect(await send('/mcp', { host: '[2001:db8::7]', authorization })).toMatchObject({ status: 200 })
  expect(await send('/mcp', { host: 'evil.example', authorization })).toMatchObject({ status: 403 })
  const page = { host: '192.0.2.7', origin: 'http://192.0.2.66', authorization }
  expect(await send('/mcp', page)).toMatchObject({ status: 403 })
})

test('refuses bodies beyond the limit', async () => {
  await serve()
  const large = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { x: 'x'.repeat(5_000_000) } })
  expect(await send('/mcp', {}, large)).toMatchObject({ status: 413 })
})

test('knows no other path, stream or method', async () => {
  await serve()
  expect(await send('/')).toMatchObject({ status: 404 })
  expect(await send('/messages?sessionId=none')).toMatchObject({ status: 404 })
  expect(await send('/sse', {}, discover)).toMatchObject({ status: 404 })
})

test('fails to start where the port is taken', async () => {
  await serve()
  const { port } = new URL(endpoint.origin)
  const second = serveOverHttp(createServerFactory(), {
    host: '127.0.0.1',
    port: Number(port),
    token,
    hosts: [],
    onError: () => undefined,
  })
  await expect(second).rejects.toThrow('EADDRINUSE')
})
