import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterEach, expect, test } from 'vitest'
import { mcpClients } from '../support/mcp-clients.ts'
import { mcpToolsPath, openStdio, type Process, startHttp } from '../support/mcp-tools-process.ts'
import { startSilentServer } from '../support/target-server.ts'

const clientInfo = { name: 'test', version: '1.0.0' }
const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** A target that never answers, or not to the end, and an environment in which it may be called. */
async function silent(beginning?: string) {
  const target = await startSilentServer(beginning)
  cleanups.push(target.close)
  return { target, env: { HTTP_ALLOW: target.origin } }
}

function owned<Running extends Process>(running: Running): Running {
  cleanups.push(running.stop)
  return running
}

const callOf = (url: string) => ({ name: 'http_request', arguments: { url } })

test('a cancelled call closes its connection, and the server answers on', async () => {
  const { target, env } = await silent()
  const { send, request } = owned(await openStdio(env))
  send({ id: 1, method: 'tools/call', params: callOf(target.origin) })
  await target.arrived
  send({ method: 'notifications/cancelled', params: { requestId: 1 } })
  await target.gone
  const { result } = await request(2, 'tools/call', { name: 'time_now', arguments: {} })
  expect(result).toMatchObject({ structuredContent: { timezone_source: 'machine' } })
})

test('the end of stdin ends the call and the program', async () => {
  const { target, env } = await silent()
  const { send, child, exited } = owned(await openStdio(env))
  send({ id: 1, method: 'tools/call', params: callOf(target.origin) })
  await target.arrived
  child.stdin.end()
  await target.gone
  expect(await exited).toBe(0)
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s over stdio ends the call and the program', async (signal) => {
  const { target, env } = await silent()
  const { send, child, exited } = owned(await openStdio(env))
  send({ id: 1, method: 'tools/call', params: callOf(target.origin) })
  await target.arrived
  child.kill(signal)
  await target.gone
  expect(await exited).toBe(0)
})

test('a client that is killed mid-call leaves no program behind', async () => {
  const { target, env } = await silent()
  const { send, child, exited } = owned(await openStdio(env))
  send({ id: 1, method: 'tools/call', params: callOf(target.origin) })
  await target.arrived
  // What the operating system does to the pipes of a client that dies.
  child.stdin.destroy()
  child.stdout.destroy()
  await target.gone
  expect(await exited).toBe(0)
})

test.each(mcpClients)(
  '%s: a call that is given up closes its connection, and the server answers on',
  async (_name, connect) => {
    const { target, env } = await silent('the first of many bytes')
    const { origin } = owned(await startHttp(env))
    const client = await connect({ script: mcpToolsPath, origin, env })
    const controller = new AbortController()
    const failure = toFailure(client.call('http_request', { url: target.origin }, { signal: controller.signal }))
    await target.arrived
    controller.abort(new Error('gave up'))
    expect(await failure).toMatch(/gave up|aborted/)
    await target.gone
    expect(await client.call('time_now', {})).toMatchObject({ structuredContent: { timezone_source: 'machine' } })
    await client.close()
  },
)

test('a client of 2025 whose connection is lost closes the one behind it', async () => {
  const { target, env } = await silent()
  const { origin } = owned(await startHttp(env))
  const client = new OlderClient(clientInfo)
  await client.connect(new OlderTransport(new URL('/mcp', origin)))
  const call = client.callTool(callOf(target.origin))
  const failure = toFailure(call)
  await target.arrived
  await client.close()
  expect(await failure).toMatch(/closed|aborted/i)
  await target.gone
})

test('a client over HTTP+SSE that goes away closes the connection', async () => {
  const { target, env } = await silent()
  const { origin } = owned(await startHttp(env))
  const client = new OlderClient(clientInfo)
  await client.connect(new SSEClientTransport(new URL('/sse', origin)))
  const failure = toFailure(client.callTool(callOf(target.origin)))
  await target.arrived
  await client.close()
  expect(await failure).toMatch(/closed/i)
  await target.gone
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s over HTTP ends calls, streams and the program', async (signal) => {
  const { target, env } = await silent()
  const { origin, child, exited } = owned(await startHttp(env))
  const sse = new OlderClient(clientInfo)
  const streamable = new OlderClient(clientInfo)
  await sse.connect(new SSEClientTransport(new URL('/sse', origin)))
  await streamable.connect(new OlderTransport(new URL('/mcp', origin)))
  const failure = toFailure(streamable.callTool(callOf(target.origin)))
  await target.arrived
  child.kill(signal)
  await target.gone
  expect(await exited).toBe(0)
  expect(await failure).toMatch(/fetch failed|closed|terminated/i)
  await Promise.all([sse.close(), streamable.close()])
})

/** The message that a call fails with; taken at once, so that a failure is never unhandled. */
async function toFailure(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'it was answered',
    (error: unknown) => String(error),
  )
}
