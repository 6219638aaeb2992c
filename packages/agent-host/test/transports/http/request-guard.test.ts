import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openService, type OpenedService } from '../../support/open-service.ts'

let service: OpenedService
beforeAll(async () => {
  service = await openService({
    baseUrl: 'http://127.0.0.1:9',
    allowedOrigins: 'http://localhost:5173,https://chat.example.com/',
    allowedHosts: 'agent.example.com',
  })
})
afterAll(() => service[Symbol.asyncDispose]())

/** `fetch` does not let a test set Host or send a foreign Origin. */
async function send(
  headers: Record<string, string>,
  { method = 'GET', path = '/api/tools' } = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const sent = request(service.url + path, { method, headers, agent: false })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }
}

describe('Host', () => {
  test.each(['localhost:8080', '127.0.0.1', '[::1]:8080', 'LOCALHOST', 'agent.example.com'])(
    '%s is served',
    async (host) => {
      expect((await send({ host })).status).toBe(200)
    },
  )

  test.each(['evil.example.com', 'localhost.evil.example.com', '169.254.169.254'])('%s is refused', async (host) => {
    const { status, body } = await send({ host })
    expect(status).toBe(403)
    expect(body).toContain('ALLOWED_HOSTS')
  })

  test.each(['/health', '/api/chat', '/nowhere'])('is checked on %s too', async (path) => {
    expect((await send({ host: 'evil.example.com' }, { path })).status).toBe(403)
  })
})

describe('Origin', () => {
  const host = '127.0.0.1:80'

  test.each(['http://localhost:5173', 'https://chat.example.com'])(
    '%s may call, and read the answer',
    async (origin) => {
      const { status, headers } = await send({ host, origin })
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
      })
    },
  )

  test('the page of the service itself may call', async () => {
    expect((await send({ host, origin: 'http://127.0.0.1:80' })).status).toBe(200)
  })

  test.each(['http://localhost:5174', 'https://localhost:5173', 'http://evil.example.com', 'null'])(
    '%s is refused before anything is done',
    async (origin) => {
      const { status, headers, body } = await send({ host, origin })
      expect(status).toBe(403)
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(body).toContain('ALLOWED_ORIGINS')
    },
  )

  test('a preflight is answered for a listed origin with all methods and the headers it asks for', async () => {
    const asked = { 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'x-custom' }
    const { status, headers } = await send({ host, origin: 'http://localhost:5173', ...asked }, { method: 'OPTIONS' })
    expect(status).toBe(204)
    expect(headers['access-control-allow-methods']).toContain('DELETE')
    expect(headers['access-control-allow-headers']).toBe('x-custom')
    expect((await send({ host, origin: 'http://evil.example.com', ...asked }, { method: 'OPTIONS' })).status).toBe(403)
  })
})

test('every answer names the service, so that no other agent-host takes it for a model server', async () => {
  expect((await send({ host: 'localhost' }, { path: '/v1/models' })).headers['x-agent-host']).toMatch(/^\d+\.\d+\.\d+/)
})

test('what is not there is a 404 in the same shape', async () => {
  const { status, body } = await send({ host: 'localhost' }, { path: '/nowhere?key=secret' })
  expect([status, JSON.parse(body)]).toEqual([
    404,
    { error: { code: 'not_found', message: 'There is no GET /nowhere here.' } },
  ])
})
