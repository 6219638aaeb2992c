import { describe, expect, test } from 'vitest'
import type { McpServerConfig } from '../../src/config/mcp-servers.ts'
import { serveModernHttp, serveOlderHttp, serveSse, type TestHttpServer } from '../support/mcp-servers/http-servers.ts'
import { callText, httpServer, openConnection, stdioServer } from './open-connection.ts'

const nothing: TestHttpServer = {
  url: '',
  port: 0,
  requests: [],
  toolsChanged() {},
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
}

interface Case {
  name: string
  serve: () => Promise<TestHttpServer>
  config: (server: TestHttpServer) => McpServerConfig
  /** The protocol that is to be agreed on. */
  version: string
}

const cases: Case[] = [
  {
    name: 'stdio, 2026 era',
    serve: async () => nothing,
    config: () => stdioServer('modern-stdio.ts'),
    version: '2026-07-28',
  },
  {
    name: 'stdio, 2025 era',
    serve: async () => nothing,
    config: () => stdioServer('older-stdio.ts'),
    version: '2025-11-25',
  },
  {
    name: 'HTTP, 2026 era',
    serve: serveModernHttp,
    config: ({ url }) => httpServer('http', url),
    version: '2026-07-28',
  },
  {
    name: 'HTTP, 2025 era',
    serve: serveOlderHttp,
    config: ({ url }) => httpServer('http', url),
    version: '2025-11-25',
  },
  { name: 'SSE', serve: serveSse, config: ({ url }) => httpServer('sse', url), version: '2025-11-25' },
  {
    name: 'SSE where http was configured',
    serve: serveSse,
    config: ({ url }) => httpServer('http', url),
    version: '2025-11-25',
  },
]

describe.each(cases)('over $name', ({ name: over, serve, config, version }) => {
  test('tools are listed and called, and a ping is answered', async () => {
    await using server = await serve()
    await using connection = openConnection(config(server))
    const tools = await connection.tools()
    expect(tools.map(({ name }) => name)).toEqual([
      'echo',
      'pid',
      'count',
      'heard',
      'wait',
      'cancelled',
      'noise',
      'grow',
    ])
    expect(tools[0]).toMatchObject({
      description: 'Gives the text back.',
      inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
    })
    expect(await callText(connection, 'echo', { text: '안녕 😀' })).toBe('안녕 😀')
    await connection.ping(20_000)
    expect(connection.logged).toContainEqual({
      level: 'info',
      message: 'MCP server connected',
      fields: { server: 'test', version },
    })
  })

  test('progress is told', async () => {
    await using server = await serve()
    await using connection = openConnection(config(server))
    const told: unknown[] = []
    const counting = connection.call(
      'count',
      {},
      {
        timeoutMs: 20_000,
        onProgress: (progress) => {
          // The SDK drops progress that arrives together with the result, so the tool waits until it was heard.
          if (told.push(progress) === 3) void callText(connection, 'heard')
        },
      },
    )
    await counting
    expect(told).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: `number ${progress}` })))
  })

  test('a call that takes too long is told, and the server stops', async () => {
    await using server = await serve()
    await using connection = openConnection(config(server))
    await connection.tools()
    await expect(connection.call('wait', {}, { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'tool_server_failed',
      message: 'MCP server "test" did not answer in time.',
      details: { server: 'test' },
    })
    expect(await callText(connection, 'cancelled')).toBe('a wait was cancelled')
  })

  test('aborting cancels the call, and the server sees it', async () => {
    await using server = await serve()
    await using connection = openConnection(config(server))
    const stop = new AbortController()
    const why = new Error('enough')
    const call = connection.call(
      'wait',
      {},
      {
        timeoutMs: 20_000,
        signal: stop.signal,
        onProgress: () => stop.abort(why),
      },
    )
    await expect(call).rejects.toBe(why)
    expect(await callText(connection, 'cancelled')).toBe('a wait was cancelled')
    await expect(connection.call('echo', {}, { timeoutMs: 20_000, signal: stop.signal })).rejects.toBe(why)
  })

  test('a change of the tools is told, and the new list has it', async () => {
    await using server = await serve()
    // Without sessions every request has a server of its own, so that there the tool is gone with the request.
    const grown = over !== 'HTTP, 2026 era'
    const changed = Promise.withResolvers<void>()
    await using connection = openConnection(config(server), { onToolsChanged: () => changed.resolve() })
    expect(await connection.tools()).not.toContainEqual(expect.objectContaining({ name: 'late' }))
    await callText(connection, 'grow')
    server.toolsChanged()
    await changed.promise
    expect((await connection.tools()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(grown ? ['echo', 'late'] : ['echo']),
    )
  })

  test('two calls at once open one connection', async () => {
    await using server = await serve()
    await using connection = openConnection(config(server))
    const [first, second] = await Promise.all([callText(connection, 'pid'), callText(connection, 'pid')])
    expect(first).toBe(second)
    expect(connection.logged.filter(({ message }) => message === 'MCP server connected')).toHaveLength(1)
  })
})

test('headers go with every request', async () => {
  for (const serve of [serveModernHttp, serveOlderHttp, serveSse]) {
    await using server = await serve()
    await using connection = openConnection(httpServer('http', server.url, { authorization: 'Bearer t' }))
    await connection.tools()
    expect(server.requests.length).toBeGreaterThan(1)
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer t']))
  }
})
