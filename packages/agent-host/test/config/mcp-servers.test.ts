import { expect, test } from 'vitest'
import { type McpServers, readMcpServers } from '../../src/config/mcp-servers.ts'
import { HostError } from '../../src/core/errors.ts'
import { createFolder } from './temporary-folder.ts'

function read(content: unknown, env: Record<string, string | undefined> = {}): McpServers {
  using folder = createFolder()
  return readMcpServers(folder.write('mcp.json', content), env)
}

function failure(content: unknown, env: Record<string, string | undefined> = {}): string {
  using folder = createFolder()
  const path = folder.write('mcp.json', content)
  try {
    readMcpServers(path, env)
  } catch (error) {
    if (error instanceof HostError && error.code === 'invalid_config') return error.message.replaceAll(path, '<file>')
    throw error
  }
  throw new Error('the file was taken')
}

const stdio = { type: 'stdio', args: [], env: {} }

test('a file of Claude Desktop is taken as it is, with what belongs to others left out', () => {
  const file = {
    globalShortcut: 'Ctrl+Space',
    mcpServers: {
      filesystem: { command: 'npx', args: ['-y', 'server-filesystem', '/tmp'] },
      git: { command: 'uvx', args: ['mcp-server-git'], env: { LEVEL: 'debug' }, cwd: '/repo' },
      'my server': { command: 'serve', disabled: true, autoApprove: ['x'] },
    },
  }
  expect(read(file)).toEqual({
    filesystem: { ...stdio, command: 'npx', args: ['-y', 'server-filesystem', '/tmp'] },
    git: { ...stdio, command: 'uvx', args: ['mcp-server-git'], env: { LEVEL: 'debug' }, cwd: '/repo' },
    'my server': { ...stdio, command: 'serve' },
  })
})

test('a file of Claude Code is taken as it is, remote servers too', () => {
  const file = {
    mcpServers: {
      local: { type: 'stdio', command: 'serve', args: [], env: {} },
      remote: { type: 'http', url: 'https://mcp.example.com/mcp', headers: { Authorization: 'Bearer t' } },
      old: { type: 'sse', url: 'http://127.0.0.1:3001/sse' },
      other: { type: 'streamable-http', url: 'http://127.0.0.1:3001/mcp' },
      bare: { url: 'http://[::1]:3001/mcp' },
    },
  }
  expect(read(file)).toEqual({
    local: { ...stdio, command: 'serve' },
    remote: { type: 'http', url: 'https://mcp.example.com/mcp', headers: { Authorization: 'Bearer t' } },
    old: { type: 'sse', url: 'http://127.0.0.1:3001/sse', headers: {} },
    other: { type: 'streamable-http', url: 'http://127.0.0.1:3001/mcp', headers: {} },
    bare: { type: 'http', url: 'http://[::1]:3001/mcp', headers: {} },
  })
})

test('no servers are servers too, and servers keep their order', () => {
  expect(read({ mcpServers: {} })).toEqual({})
  expect(Object.keys(read({ mcpServers: { b: { command: 'b' }, a: { command: 'a' } } }))).toEqual(['b', 'a'])
})

test('variables are expanded in every string, with defaults where they are not set', () => {
  const file = {
    mcpServers: {
      a: { command: '${HOME}/bin/serve', args: ['--port=${PORT:-3001}', '${EMPTY:-}'], env: { KEY: '${KEY}' } },
      b: { url: '${BASE:-https://example.com}/mcp', headers: { Authorization: 'Bearer ${KEY}', Plain: '$KEY ${1}' } },
    },
  }
  expect(read(file, { HOME: '/home/me', KEY: 'a$&b', PORT: '1' })).toEqual({
    a: { ...stdio, command: '/home/me/bin/serve', args: ['--port=1', ''], env: { KEY: 'a$&b' } },
    b: { type: 'http', url: 'https://example.com/mcp', headers: { Authorization: 'Bearer a$&b', Plain: '$KEY ${1}' } },
  })
})

test('every variable that is not set is told with its place, and no value is', () => {
  const file = { mcpServers: { github: { command: 'x', args: ['${A}', '${B}'], env: { TOKEN: '${TOKEN}' } } } }
  expect(failure(file, { B: 'secret' })).toMatchInlineSnapshot(`
    "The MCP config <file> uses variables that are not set:
      \${A} in mcpServers.github.args.0
      \${TOKEN} in mcpServers.github.env.TOKEN"
  `)
})

test('wrong shapes are told at once, each with its server and field, and no value is', () => {
  const file = {
    mcpServers: {
      none: {},
      list: { command: 'x', args: 'secret' },
      nested: { command: 'x', env: { TOKEN: { value: 'secret' } } },
      socket: { type: 'websocket', url: 'ws://secret' },
      ftp: { url: 'ftp://secret/mcp' },
      text: 'secret',
    },
  }
  expect(failure(file)).toMatchInlineSnapshot(`
    "The MCP config <file> is not valid:
    ✖ Invalid input: expected object, received string
      → at mcpServers.text
    ✖ Invalid input: expected string, received undefined
      → at mcpServers.none.command
    ✖ Invalid input: expected array, received string
      → at mcpServers.list.args
    ✖ Invalid discriminator value. Expected 'stdio' | 'http' | 'streamable-http' | 'sse'
      → at mcpServers.socket.type
    ✖ Invalid URL
      → at mcpServers.ftp.url
    ✖ Invalid input: expected string, received object
      → at mcpServers.nested.env.TOKEN"
  `)
})

test('a missing file, other JSON and no JSON are told', () => {
  expect(() => readMcpServers('/nowhere/mcp.json', {})).toThrow('The MCP config /nowhere/mcp.json does not exist.')
  expect(failure({ servers: {} })).toContain('→ at mcpServers')
  expect(failure('{ "mcpServers": { "a": { "env": { "KEY": "secret" }, } }')).toMatch(
    /^<file> is not JSON: (?!.*secret)/,
  )
})
