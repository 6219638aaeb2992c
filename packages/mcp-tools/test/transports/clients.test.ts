import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client'
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mcpToolsPath, type Process, startHttp } from '../support/mcp-tools-process.ts'
import { startTargetServer, type TargetServer } from '../support/target-server.ts'

const run = promisify(execFile)
// By path: their manifests do not export their programs.
const modules = new URL('../../node_modules/', import.meta.url)
const inspector = fileURLToPath(new URL('@modelcontextprotocol/inspector/clients/launcher/build/index.js', modules))
const mcporter = fileURLToPath(new URL('mcporter/dist/cli.js', modules))

let target: TargetServer
let server: Process & { origin: string }

beforeAll(async () => {
  target = await startTargetServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`${request.method} ${request.url}`)
  })
  server = await startHttp({ HTTP_ALLOW: target.origin })
})

afterAll(async () => {
  await server.stop()
  await target.close()
})

interface CallResult {
  readonly structuredContent?: Readonly<Record<string, unknown>>
  readonly content?: unknown
  readonly isError?: boolean
}

type Call = (tool: string, args: Readonly<Record<string, string>>) => Promise<CallResult>

const stdioTarget = () => ['-e', `HTTP_ALLOW=${target.origin}`, process.execPath, mcpToolsPath]
const httpTarget = (path: string) => [`${server.origin}${path}`]

/** Programs of others, each started anew for every call. */
const programs: readonly (readonly [name: string, call: Call])[] = [
  ['Inspector, stdio, 2025', (...call) => inspect(['--protocol-era', 'legacy', ...stdioTarget()], ...call)],
  ['Inspector, stdio, 2026', (...call) => inspect(['--protocol-era', 'modern', ...stdioTarget()], ...call)],
  [
    'Inspector, Streamable HTTP, 2025',
    (...call) => inspect(['--protocol-era', 'legacy', ...httpTarget('/mcp')], ...call),
  ],
  [
    'Inspector, Streamable HTTP, 2026',
    (...call) => inspect(['--protocol-era', 'modern', ...httpTarget('/mcp')], ...call),
  ],
  ['Inspector, HTTP+SSE, 2025', (...call) => inspect(['--transport', 'sse', ...httpTarget('/sse')], ...call)],
  ['mcporter, stdio', (...call) => port(['--stdio', `${process.execPath} ${mcpToolsPath}`], ...call)],
  ['mcporter, Streamable HTTP', (...call) => port(['--http-url', `${server.origin}/mcp`, '--allow-http'], ...call)],
]

/** The clients of both SDKs over each transport. */
const libraries: readonly (readonly [name: string, call: Call])[] = [
  ['SDK v1, stdio', (...call) => callWithV1(() => new StdioClientTransport(stdioServer()), ...call)],
  ['SDK v1, Streamable HTTP', (...call) => callWithV1(() => new StreamableHTTPClientTransport(toUrl('/mcp')), ...call)],
  ['SDK v1, HTTP+SSE', (...call) => callWithV1(() => new SSEClientTransport(toUrl('/sse')), ...call)],
  ['SDK v2, stdio, 2026', (...call) => callWithV2(() => new ModernStdio(stdioServer()), ...call)],
  ['SDK v2, Streamable HTTP, 2026', (...call) => callWithV2(() => new ModernHttp(toUrl('/mcp')), ...call)],
]

test.concurrent.each([...programs, ...libraries])('%s: an answer and a refusal', async (_name, call) => {
  const [time, refused] = await Promise.all([
    call('time_now', { timezone: 'asia/seoul' }),
    call('http_request', { url: 'http://169.254.169.254/' }),
  ])
  expect(time.structuredContent).toMatchObject({ timezone: 'Asia/Seoul', utc_offset: '+09:00' })
  expect(refused).toMatchObject({ isError: true, structuredContent: { error: { code: 'blocked_address' } } })
  expect(refused.content).toMatchObject([{ type: 'text', text: expect.stringContaining('blocked_address') }])
})

test.each(libraries)('%s: a page, and arguments that do not fit', async (_name, call) => {
  const page = await call('http_request', { url: `${target.origin}/page` })
  expect(page.structuredContent).toMatchObject({ status: 200, body: 'GET /page' })
  const invalid = await call('time_now', { zone: 'UTC' })
  expect(invalid).toMatchObject({ isError: true, structuredContent: { error: { code: 'invalid_arguments' } } })
})

test('Inspector finds nothing wrong with the schemas', async () => {
  const args = [inspector, '--cli', process.execPath, mcpToolsPath, '--method', 'tools/list', '--strict']
  const { stdout, stderr } = await run(process.execPath, args)
  const { tools } = JSON.parse(stdout) as { tools: { name: string }[] }
  expect(tools.map(({ name }) => name)).toEqual(['http_request', 'time_now'])
  expect(stderr).toBe('')
})

async function inspect(where: readonly string[], tool: string, args: Readonly<Record<string, string>>) {
  const pairs = Object.entries(args).flatMap(([name, value]) => ['--tool-arg', `${name}=${value}`])
  return runJson<CallResult>([inspector, '--cli', ...where, '--method', 'tools/call', '--tool-name', tool, ...pairs])
}

/** mcporter prints the structured content alone, and exits with 1 where the tool failed. */
async function port(where: readonly string[], tool: string, args: Readonly<Record<string, string>>) {
  const pairs = Object.entries(args).map(([name, value]) => `${name}=${value}`)
  const structuredContent = await runJson<Record<string, unknown>>([
    mcporter,
    'call',
    ...where,
    '--name',
    't',
    tool,
    ...pairs,
    '--output',
    'json',
  ])
  const text = JSON.stringify(structuredContent)
  return { structuredContent, isError: 'error' in structuredContent, content: [{ type: 'text', text }] }
}

/** Runs a client to its end; one that exits with 1 because the tool failed still prints the result. */
async function runJson<Result extends object>(args: readonly string[]): Promise<Result> {
  const { stdout } = await run(process.execPath, [...args]).catch((error: unknown) => error as { stdout: string })
  return JSON.parse(stdout) as Result
}

async function callWithV1(
  createTransport: () => Parameters<Client['connect']>[0],
  name: string,
  args: Readonly<Record<string, string>>,
) {
  const client = new Client({ name: 'test', version: '1.0.0' })
  await client.connect(createTransport())
  try {
    // Listing first makes this client check every result against its output schema.
    await client.listTools()
    return (await client.callTool({ name, arguments: args })) as CallResult
  } finally {
    await client.close()
  }
}

async function callWithV2(
  createTransport: () => Parameters<ModernClient['connect']>[0],
  name: string,
  args: Readonly<Record<string, string>>,
) {
  const client = new ModernClient({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(createTransport())
  try {
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28')
    await client.listTools()
    return (await client.callTool({ name, arguments: args })) as CallResult
  } finally {
    await client.close()
  }
}

function stdioServer() {
  return { command: process.execPath, args: [mcpToolsPath], env: { HTTP_ALLOW: target.origin } }
}

function toUrl(path: string): URL {
  return new URL(path, server.origin)
}
