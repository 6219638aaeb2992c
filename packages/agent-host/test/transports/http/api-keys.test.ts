import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, hashOf } from '../../../src/config/api-key.ts'
import { loadSettings } from '../../../src/config/load.ts'
import { openHost } from '../../../src/host.ts'
import { createApp } from '../../../src/transports/http/app.ts'
import { openService, type OpenedService } from '../../support/open-service.ts'

const alice = createKey()
const bob = createKey()
const apiKeys = [
  { name: 'alice', hash: hashOf(alice) },
  { name: 'bob', hash: hashOf(bob), requestsPerMinute: 2 },
]

let service: OpenedService
beforeAll(async () => {
  service = await openService({ baseUrl: 'http://127.0.0.1:9', apiKeys })
})
afterAll(() => service[Symbol.asyncDispose]())

interface Got {
  status: number
  headers: Headers
  body: { error?: { code: string; message: string } }
}

async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  const response = await fetch(service.url + path, { method, headers })
  const body = await response.text()
  return { status: response.status, headers: response.headers, body: JSON.parse(body || '{}') as Got['body'] }
}

/** What an answer tells of the limit. */
function limits({ headers }: Got): (string | null)[] {
  return ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}-requests`))
}

describe('a key', () => {
  test.each([
    ['Authorization: Bearer', { authorization: `Bearer ${alice}` }],
    ['the scheme in any case', { authorization: `bearer   ${alice}` }],
    ['x-api-key', { 'x-api-key': alice }],
    ['x-api-key beside a foreign Authorization', { 'x-api-key': alice, authorization: 'Bearer sk-other' }],
  ])('is taken as %s', async (_, headers) => {
    expect((await get('/api/tools', headers)).status).toBe(200)
  })

  test.each([
    ['none', {}, false],
    ['an empty one', { authorization: 'Bearer ', 'x-api-key': '' }, false],
    ['another scheme', { authorization: `Basic ${Buffer.from(`alice:${alice}`).toString('base64')}` }, false],
    ['a wrong one', { authorization: `Bearer ${createKey()}` }, true],
    ['a part of one', { authorization: `Bearer ${alice.slice(0, -1)}` }, true],
    ['one with more', { 'x-api-key': `${alice}x` }, true],
    ['its hash', { 'x-api-key': hashOf(alice) }, true],
  ])('%s is a 401 on every route, that shows nothing of it', async (_, headers, wrong) => {
    for (const [path, method] of [
      ['/api/tools', 'GET'],
      ['/api/chat', 'POST'],
      ['/nowhere', 'GET'],
      ['/v1/models', 'GET'],
      ['/v1/chat/completions', 'POST'],
      ['/v1/nowhere', 'GET'],
      ['/health/', 'GET'],
    ] as const) {
      const got = await get(path, headers, method)
      expect([path, got.status, got.body.error?.code]).toEqual([path, 401, 'invalid_api_key'])
      const challenge = `Bearer realm="agent-host"${wrong ? ', error="invalid_token"' : ''}`
      expect(got.headers.get('www-authenticate')).toBe(challenge)
      for (const value of Object.values(headers).filter((header) => header.trim() !== 'Bearer' && header !== '')) {
        expect(JSON.stringify(got.body)).not.toContain(value)
      }
    }
  })

  test('is asked for after the Host and the Origin', async () => {
    const { status } = await get('/api/tools', { origin: 'http://evil.example.com' })
    expect(status).toBe(403)
  })

  test('is not asked for by a preflight of an allowed origin, and its refusal may be read there', async () => {
    const headers = { origin: 'http://localhost:5173', 'access-control-request-method': 'GET' }
    expect((await get('/api/tools', headers, 'OPTIONS')).status).toBe(204)
    const refused = await get('/api/tools', { origin: 'http://localhost:5173' })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe('http://localhost:5173')
  })
})

test('/health tells its status to everyone, and the rest to those with a key', async () => {
  expect(await get('/health')).toMatchObject({ status: 503, body: { status: 'unavailable' } })
  expect(Object.keys((await get('/health', { 'x-api-key': 'wrong' })).body)).toEqual(['status'])
  expect((await get('/health', { 'x-api-key': alice })).body).toMatchObject({ model_server: { state: 'failed' } })
})

test('a key with a limit is told where it stands, and refused once it is reached', async () => {
  const headers = { authorization: `Bearer ${bob}` }
  const first = await get('/api/tools', headers)
  expect([first.status, ...limits(first).slice(0, 2)]).toEqual([200, '2', '1'])
  expect(limits(first)[2]).toMatch(/^(30|29\.\d)s$/)
  expect(first.headers.get('retry-after')).toBeNull()
  expect((await get('/nowhere', headers)).status).toBe(404)
  const third = await get('/api/tools', headers)
  expect([third.status, third.body.error?.code]).toEqual([429, 'rate_limit_exceeded'])
  expect(limits(third)).toEqual(['2', '0', expect.stringMatching(/^(1m0s|59(\.\d)?s)$/)])
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThanOrEqual(28)
  expect(Number(third.headers.get('retry-after'))).toBeLessThanOrEqual(30)
  expect(third.body.error?.message).toContain('2 requests a minute')

  const other = await get('/api/tools', { 'x-api-key': alice })
  expect([other.status, other.headers.get('x-ratelimit-limit-requests')]).toEqual([200, null])
})

test('the log says whose key it was, and never the key', async () => {
  const lines = new PassThrough()
  const log = pino({ level: 'debug' }, lines)
  const loaded = loadSettings({ flags: { baseUrl: 'http://127.0.0.1:9' }, env: { ENV: 'testing' } })
  const host = await openHost(loaded, log)
  const app = await createApp(host, log, { ...loaded.settings, keys: apiKeys }, 1000)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  for (const key of [alice, bob, bob, bob, 'ah-wrong']) {
    await (await fetch(`${url}/nowhere`, { headers: { authorization: `Bearer ${key}` } })).text()
  }
  await app.close()
  await host.close()
  lines.end()
  const said = (await text(lines)).split('\n').filter(Boolean)
  const done = said.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(done.filter(({ msg }) => msg === 'request completed').map(({ apiKey }) => apiKey)).toEqual([
    'alice',
    'bob',
    'bob',
    'bob',
    undefined,
  ])
  expect(done.find(({ msg }) => msg === 'a key reached its rate limit')).toMatchObject({ apiKey: 'bob', limit: 2 })
  expect(said.join('')).not.toMatch(/ah-[\w-]/)
})
