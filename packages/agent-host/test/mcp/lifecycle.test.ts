import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { serveModernHttp, serveOlderHttp, serveSse } from '../support/mcp-servers/http-servers.ts'
import { callText, httpServer, type OpenConnection, openConnection, script, stdioServer } from './open-connection.ts'

const processes = ['modern-stdio.ts', 'older-stdio.ts'] as const

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A call that is under way on the server when the promise resolves. */
async function startWaiting(connection: OpenConnection): Promise<{ call: Promise<unknown> }> {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const call = connection.call('wait', {}, { timeoutMs: 20_000, onProgress: () => resolve() })
  await Promise.race([begun, call])
  return { call: call.catch((error: unknown) => error) }
}

describe.each(processes)('the process of %s', (file) => {
  test('killed in the middle of a call: the call is told, and the next one starts another', async () => {
    const changed = Promise.withResolvers<void>()
    await using connection = openConnection(stdioServer(file), { onToolsChanged: () => changed.resolve() })
    const pid = Number(await callText(connection, 'pid'))
    const { call } = await startWaiting(connection)
    process.kill(pid, 'SIGKILL')
    expect(await call).toMatchObject({
      code: 'tool_server_failed',
      message: 'MCP server "test" closed the connection.',
      details: { server: 'test' },
    })
    const next = Number(await callText(connection, 'pid'))
    expect(next).not.toBe(pid)
    expect(isAlive(pid)).toBe(false)
    expect(connection.logged.filter(({ level }) => level === 'warn')).toHaveLength(1)
    // The new connection hears of changes as the first did.
    await callText(connection, 'grow')
    await changed.promise
  })

  test('is gone after close, and nothing starts it again', async () => {
    await using connection = openConnection(stdioServer(file))
    const pid = Number(await callText(connection, 'pid'))
    expect(isAlive(pid)).toBe(true)
    const { call } = await startWaiting(connection)
    await connection.close()
    expect(isAlive(pid)).toBe(false)
    expect(await call).toMatchObject({ code: 'tool_server_failed' })
    await expect(connection.tools()).rejects.toMatchObject({
      code: 'tool_server_failed',
      message: 'MCP server "test" failed: agent-host is shutting down.',
    })
    expect(connection.logged.filter(({ level }) => level === 'warn')).toEqual([])
  })

  test('may write to stderr as much as it likes', async () => {
    await using connection = openConnection(stdioServer(file))
    expect(await callText(connection, 'noise')).toBe('still here')
    expect(connection.logged.find(({ message }) => message === 'MCP server wrote to stderr')).toEqual({
      level: 'debug',
      message: 'MCP server wrote to stderr',
      fields: { server: 'test', line: 'x'.repeat(499) },
    })
  })

  test('an unknown tool is told with its name', async () => {
    await using connection = openConnection(stdioServer(file))
    const told = await connection.call('nonsense', {}, { timeoutMs: 20_000 }).then(
      ({ isError, content }) => ({ isError, text: JSON.stringify(content) }),
      (error: unknown) => ({ isError: true, text: String(error) }),
    )
    expect(told).toMatchObject({ isError: true, text: expect.stringContaining('nonsense') })
  })
})

describe('a server that does not come up', () => {
  test('exits at start: its failure is told, its words are logged, and it is tried again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-host-'))
    const log = join(folder, 'starts')
    const code = `
      require('node:fs').appendFileSync(${JSON.stringify(log)}, '.')
      console.error('no licence')
      process.exit(3)`
    await using connection = openConnection(script('-e', code))
    const failure = { code: 'tool_server_failed', message: 'MCP server "test" closed the connection.' }
    await expect(connection.tools()).rejects.toMatchObject(failure)
    const starts = readFileSync(log, 'utf8').length
    await expect(callText(connection, 'echo')).rejects.toMatchObject(failure)
    expect(readFileSync(log, 'utf8').length).toBeGreaterThan(starts)
    expect(connection.logged).toContainEqual({
      level: 'debug',
      message: 'MCP server wrote to stderr',
      fields: { server: 'test', line: 'no licence' },
    })
    rmSync(folder, { recursive: true })
  })

  test('a command that does not exist is named', async () => {
    await using connection = openConnection({ type: 'stdio', command: 'no-such-command', args: [], env: {} })
    await expect(connection.tools()).rejects.toMatchObject({
      code: 'tool_server_failed',
      message: expect.stringContaining('no-such-command'),
    })
  })

  test('says nothing: the time to connect ends it', async () => {
    await using connection = openConnection(script('-e', 'process.stdin.resume()'), { connectTimeoutMs: 300 })
    await expect(connection.tools()).rejects.toMatchObject({
      code: 'tool_server_failed',
      message: 'MCP server "test" did not answer in time.',
    })
  })

  test('says nothing: closing does not wait for it', async () => {
    const connection = openConnection(script('-e', 'process.stdin.resume()'), { connectTimeoutMs: 600_000 })
    const listing = connection.tools().catch((error: unknown) => error)
    await connection.close()
    expect(await listing).toMatchObject({ code: 'tool_server_failed' })
  })

  test('nobody listens, or what listens is another service', async () => {
    const server = await serveModernHttp()
    await server.close()
    await using connection = openConnection(httpServer('http', server.url))
    await expect(connection.tools()).rejects.toMatchObject({ code: 'tool_server_failed' })
    const other = createServer((_, response) => response.writeHead(404).end('nothing here')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/mcp`
    await using wrong = openConnection(httpServer('http', url))
    await expect(wrong.tools()).rejects.toMatchObject({
      code: 'tool_server_failed',
      message: expect.stringContaining('404'),
    })
    other.close()
  })
})

test('a server without tools has none, and says so nowhere', async () => {
  const code = `
    import { McpServer } from '@modelcontextprotocol/server'
    import { serveStdio } from '@modelcontextprotocol/server/stdio'
    serveStdio(() => new McpServer({ name: 'empty', version: '1.0.0' }))`
  await using connection = openConnection({
    type: 'stdio',
    command: process.execPath,
    args: ['--input-type=module', '-e', code],
    env: {},
    cwd: import.meta.dirname,
  })
  // On stdout it would stand in the middle of an answer.
  using debug = vi.spyOn(console, 'debug')
  expect(await connection.tools()).toEqual([])
  expect(debug).not.toHaveBeenCalled()
})

describe.each([
  ['2026 era', serveModernHttp, 'http'],
  ['2025 era', serveOlderHttp, 'http'],
  ['SSE', serveSse, 'sse'],
] as const)('a server over HTTP, %s', (_era, serve, type) => {
  test('gone in the middle of a call: the call is told', async () => {
    const server = await serve()
    await using connection = openConnection(httpServer(type, server.url))
    const { call } = await startWaiting(connection)
    await server.close()
    expect(await call).toMatchObject({ code: 'tool_server_failed', details: { server: 'test' } })
  })

  test('restarted: calls find it again, whatever became of the session', async () => {
    const first = await serve()
    await using connection = openConnection(httpServer(type, first.url))
    expect(await callText(connection, 'echo', { text: 'one' })).toBe('one')
    const { call } = await startWaiting(connection)
    await first.close()
    await call
    await using second = await serve(first.port)
    expect(await callText(connection, 'echo', { text: 'two' })).toBe('two')
    expect(second.requests.length).toBeGreaterThan(0)
  })
})
