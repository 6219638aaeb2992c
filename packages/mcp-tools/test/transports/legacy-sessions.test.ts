import { afterEach, expect, test, vi } from 'vitest'
import { createServerFactory } from '../../src/server.ts'
import { createLegacySessions, type LegacySessions } from '../../src/transports/legacy-sessions.ts'

let sessions: LegacySessions

afterEach(async () => {
  await sessions.close()
  vi.useRealTimers()
})

function begin(options: { maxSessions?: number; idleMs?: number } = {}): void {
  sessions = createLegacySessions(createServerFactory(), {
    maxBodyBytes: 1_000_000,
    onError: () => undefined,
    ...options,
  })
}

const initialize = {
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1.0.0' } },
}
const list = { method: 'tools/list' }

async function send(
  message: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; id: string | null; text: string }> {
  const body = { jsonrpc: '2.0', id: 1, ...message }
  const init = {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
  const response = await sessions.fetch(new Request('http://localhost/mcp', init), { parsedBody: body })
  return { status: response.status, id: response.headers.get('mcp-session-id'), text: await response.text() }
}

/** Opens a session and returns the header that names it. */
async function open(headers: Readonly<Record<string, string>> = {}): Promise<Record<'mcp-session-id', string>> {
  const { id } = await send(initialize, headers)
  return { 'mcp-session-id': id ?? 'none' }
}

async function request(method: 'GET' | 'DELETE', headers: Readonly<Record<string, string>>, signal?: AbortSignal) {
  const accept = 'text/event-stream'
  const init = { method, headers: { accept, ...headers }, ...(signal !== undefined && { signal }) }
  return sessions.fetch(new Request('http://localhost/mcp', init), {})
}

test('a client that initialises gets a session, which serves until it is deleted', async () => {
  begin()
  const session = await open()
  expect(await send(list, session)).toMatchObject({ status: 200, text: expect.stringContaining('time_now') })
  expect((await request('DELETE', session)).status).toBe(200)
  expect(await send(list, session)).toMatchObject({ status: 404 })
  expect((await request('GET', session)).status).toBe(404)
})

test('a client that never initialises is served without a session', async () => {
  begin()
  expect(await send(list)).toMatchObject({ status: 200, id: null, text: expect.stringContaining('time_now') })
  expect((await request('GET', {})).status).toBe(405)
  expect(await send(list, { 'mcp-session-id': 'made-up' })).toMatchObject({ status: 404 })
})

test('a session belongs to the token it began with', async () => {
  begin()
  const session = await open({ authorization: 'Bearer one' })
  expect(await send(list, { ...session, authorization: 'Bearer one' })).toMatchObject({ status: 200 })
  expect(await send(list, { ...session, authorization: 'Bearer two' })).toMatchObject({ status: 404 })
  expect(await send(list, session)).toMatchObject({ status: 404 })
  expect((await request('DELETE', session)).status).toBe(404)
  expect(await send(list, { ...session, authorization: 'Bearer one' })).toMatchObject({ status: 200 })
})

test('beyond the limit the session used longest ago ends', async () => {
  begin({ maxSessions: 2 })
  const [first, second] = [await open(), await open()]
  await send(list, first)
  const third = await open()
  expect(await send(list, second)).toMatchObject({ status: 404 })
  expect(await send(list, first)).toMatchObject({ status: 200 })
  expect(await send(list, third)).toMatchObject({ status: 200 })
})

test('a client that comes when every session is in use is served without one', async () => {
  begin({ maxSessions: 1 })
  const session = await open()
  const listening = new AbortController()
  const stream = await request('GET', session, listening.signal)
  expect(stream.status).toBe(200)
  expect(await send(initialize)).toMatchObject({ status: 200, id: null, text: expect.stringContaining('serverInfo') })
  expect(await send(list, session)).toMatchObject({ status: 200 })
  listening.abort()
  await expect(stream.text()).rejects.toThrow('aborted')
  expect(await open()).not.toMatchObject({ 'mcp-session-id': 'none' })
})

test('a session that nobody uses ends, one with an open stream stays', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  begin({ idleMs: 60_000 })
  const [idle, used] = [await open(), await open()]
  const stream = await request('GET', used)
  await vi.advanceTimersByTimeAsync(59_000)
  expect(await send(list, idle)).toMatchObject({ status: 200 })
  await vi.advanceTimersByTimeAsync(61_000)
  expect(await send(list, idle)).toMatchObject({ status: 404 })
  expect(await send(list, used)).toMatchObject({ status: 200 })
  await stream.body?.cancel()
})
