import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { serveModernHttp, serveOlderHttp, type TestHttpServer } from '../../../support/mcp-servers/http-servers.ts'
import { noTools } from '../../../support/no-tools.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'
import { createStreamChecker, type StreamedEvent } from '../../../support/response-stream-checker.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

const token = 'a-token-that-nobody-may-see'
const tenantKey = 'a-key-that-nobody-may-see'

let bench: Workbench
let fake: FakeModelServer
let guest: TestHttpServer
let service: OpenedService
let client: OpenAI

beforeAll(() => {
  bench = createWorkbench()
})
afterAll(() => bench[Symbol.dispose]())
beforeEach(async () => {
  fake = await startFakeModelServer({ models: ['m'] })
  guest = await serveModernHttp()
  service = await openService({ baseUrl: fake.url, mcpConfig: noTools, allowedMcpServers: guest.url })
  client = connect(service)
})
afterEach(async () => {
  await service[Symbol.asyncDispose]()
  await guest.close()
  await fake.close()
})

const connect = ({ url }: OpenedService): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming
type McpTool = OpenAI.Responses.Tool.Mcp

const toGuest = (fields: Partial<McpTool> = {}): McpTool => ({
  type: 'mcp',
  server_label: 'guest',
  server_url: guest.url,
  allowed_tools: ['echo'],
  ...fields,
})
const callOf = (name: string, text = '안녕') => ({ toolCalls: [{ id: 'call_1', name, arguments: { text } }] })

async function stream(params: Params): Promise<{ types: string[]; response: OpenAI.Responses.Response }> {
  const checker = createStreamChecker()
  const types: string[] = []
  for await (const event of await client.responses.create({ ...params, stream: true })) {
    checker.add(event as unknown as StreamedEvent)
    types.push(event.type)
  }
  return { types, response: checker.end() as unknown as OpenAI.Responses.Response }
}

describe.each([
  ['2026-07-28', serveModernHttp],
  ['2025-11-25 with sessions', serveOlderHttp],
])('a server of %s that the request names', (_era, serve) => {
  test('is asked for its tools, which run here, and is left again', async () => {
    await using other = await serve()
    const open = await openService({
      baseUrl: fake.url,
      mcpConfig: bench.mcpConfig,
      allowedMcpServers: other.url,
    })
    const tool = toGuest({ server_url: other.url, require_approval: 'never', server_description: 'An echo room.' })
    fake.script(callOf('guest__echo'), { text: 'It said 안녕.' })
    const response = await connect(open).responses.create({ model: 'm', input: 'Echo', tools: [tool] })
    expect(response.output).toMatchObject([
      { type: 'mcp_list_tools', server_label: 'guest', tools: [{ name: 'echo' }] },
      { type: 'mcp_call', name: 'echo', server_label: 'guest', output: '안녕', error: null },
      { type: 'message' },
    ])
    const [offered] = (fake.chats[0]?.body.tools ?? []) as { function: { name: string; description: string } }[]
    // The name of a configured server's tool stays that tool's.
    expect(offered?.function).toMatchObject({ name: 'guest__echo', description: 'An echo room.\nGives the text back.' })
    await open[Symbol.asyncDispose]()
    const sessions = new Set(other.requests.map(({ headers }) => headers['mcp-session-id']).filter(Boolean))
    const left = other.requests.filter(({ method }) => method === 'DELETE')
    expect(left).toHaveLength(sessions.size)
  })
})

test('a call waits for an approval, and the next request names the server again', async () => {
  fake.script(callOf('echo'), { text: 'Done.' })
  const first = await client.responses.create({ model: 'm', input: 'Echo', tools: [toGuest()] })
  const [, request] = first.output
  expect(request).toMatchObject({ type: 'mcp_approval_request', name: 'echo', server_label: 'guest' })
  const answer = { type: 'mcp_approval_response' as const, approval_request_id: request?.id ?? '', approve: true }
  const approve = { model: 'm', previous_response_id: first.id, input: [answer] }
  await expect(client.responses.create(approve)).rejects.toMatchObject({
    status: 400,
    param: 'input[0].approval_request_id',
  })
  const { types, response } = await stream({ ...approve, tools: [toGuest()] })
  expect(response.output).toMatchObject([
    { type: 'mcp_list_tools' },
    { type: 'mcp_call', output: '안녕', approval_request_id: request?.id },
    { type: 'message' },
  ])
  expect(types).toContain('response.mcp_call.completed')
})

test('an approval works the same where the client keeps the conversation', async () => {
  fake.script(callOf('echo'), { text: 'Done.' })
  const asked = { model: 'm', store: false, tools: [toGuest()] }
  const first = await client.responses.create({ ...asked, input: 'Echo' })
  const request = first.output.at(-1)
  const second = await client.responses.create({
    ...asked,
    input: [
      { role: 'user', content: 'Echo' },
      ...(first.output as OpenAI.Responses.ResponseInput),
      { type: 'mcp_approval_response', approval_request_id: request?.id ?? '', approve: true },
    ],
  })
  expect(second.output[1]).toMatchObject({ type: 'mcp_call', output: '안녕' })
})

test('its secrets reach the server and are nowhere else', async () => {
  fake.script(callOf('echo', `${token} ${tenantKey}`), { text: 'Done.' })
  const tools = [
    toGuest({
      require_approval: 'never',
      authorization: token,
      headers: { 'X-Tenant-Key': tenantKey, 'X-Region': 'eu' },
    }),
  ]
  const { response } = await stream({ model: 'm', input: 'Echo', tools })
  expect(guest.requests.length).toBeGreaterThan(1)
  for (const { headers } of guest.requests) {
    expect(headers).toMatchObject({ authorization: `Bearer ${token}`, 'x-tenant-key': tenantKey, 'x-region': 'eu' })
  }
  const [told] = response.tools
  expect(told).toMatchObject({ server_url: new URL(guest.url).origin, headers: null })
  expect(told).not.toHaveProperty('authorization')
  const kept = await client.responses.retrieve(response.id)
  expect(kept.tools).toEqual(response.tools)
  const call = kept.output.find(({ type }) => type === 'mcp_call')
  expect(call).toMatchObject({ output: '*** ***' })
  const result = fake.chats.at(-1)?.body.messages?.at(-1)
  expect(result).toMatchObject({ role: 'tool', content: '*** ***' })
})

test('a server that cannot be reached is told in its list, and the model goes on without it', async () => {
  await guest.close()
  fake.script({ text: 'Without it, then.' })
  const { types, response } = await stream({ model: 'm', input: 'Echo', tools: [toGuest({ authorization: token })] })
  expect(response).toMatchObject({
    status: 'completed',
    output: [
      { type: 'mcp_list_tools', tools: [], error: expect.stringContaining('guest') as string },
      { type: 'message' },
    ],
  })
  expect(types).toContain('response.mcp_list_tools.failed')
  expect(JSON.stringify(response)).not.toContain(token)
  expect(fake.chats[0]?.body).not.toHaveProperty('tools')
})

test.each<[string, () => Params, string, string]>([
  [
    'a server that is not listed',
    () => ({ tools: [toGuest({ server_url: 'https://mcp.example.com/s3cret' })] }),
    'ALLOWED_MCP_SERVERS',
    'tools[0].server_url',
  ],
  [
    'another path of a listed host',
    () => ({ tools: [toGuest({ server_url: guest.url.replace('/mcp', '/other') })] }),
    'ALLOWED_MCP_SERVERS',
    'tools[0].server_url',
  ],
  [
    'no URL',
    () => ({ tools: [toGuest({ server_url: 'file:///etc' })] }),
    'must be an http or https URL',
    'tools[0].server_url',
  ],
  [
    'two tokens',
    () => ({ tools: [toGuest({ authorization: token, headers: { Authorization: 'x' } })] }),
    'together',
    'tools[0].authorization',
  ],
  [
    'secrets for a configured server',
    () => ({ tools: [{ type: 'mcp', server_label: 'test', authorization: token }] }),
    'is needed',
    'tools[0].server_url',
  ],
  [
    'two servers of one label',
    () => ({ tools: [toGuest(), { type: 'mcp', server_label: 'guest', server_url: `${guest.url}/b` }] }),
    'two servers',
    'tools[1].server_label',
  ],
])('%s is refused with the place of it, before anything is sent', async (_name, params, words, param) => {
  const failing = client.responses.create({ ...params(), model: 'm', input: 'x' })
  await expect(failing).rejects.toMatchObject({ status: 400, message: expect.stringContaining(words) as string, param })
  await expect(failing).rejects.not.toMatchObject({ message: expect.stringContaining('s3cret') as string })
  expect(fake.chats).toEqual([])
})

test('nobody is reached where the operator allows nobody', async () => {
  await using closed = await openService({ baseUrl: fake.url, mcpConfig: noTools })
  const failing = connect(closed).responses.create({ model: 'm', input: 'x', tools: [toGuest()] })
  await expect(failing).rejects.toMatchObject({ status: 400, param: 'tools[0].server_url' })
  expect(guest.requests).toEqual([])
})

test.each<[string, (token: string) => [number, Record<string, string>, string]]>([
  ['a redirect is not followed', () => [307, { location: guest.url }, '']],
  ['a refusal is told without the token that it repeats', (sent) => [401, {}, `no such user: ${sent}`]],
])('%s', async (_name, answer) => {
  const other = createServer((request, response) => {
    const [status, headers, body] = answer(request.headers.authorization ?? '')
    response.writeHead(status, headers).end(body)
  })
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/mcp`
  await using open = await openService({
    baseUrl: fake.url,
    mcpConfig: noTools,
    allowedMcpServers: [url, guest.url],
  })
  const tools = [toGuest({ server_url: url, authorization: token })]
  const { output } = await connect(open).responses.create({ model: 'm', input: 'Hi', tools })
  expect(output[0]).toMatchObject({ type: 'mcp_list_tools', tools: [], error: expect.any(String) as string })
  expect(JSON.stringify(output)).not.toContain(token)
  expect(guest.requests).toEqual([])
  other.closeAllConnections()
  other.close()
})

test('a result is never given again to whoever names a server of the same label', async () => {
  await using caching = await openService({
    baseUrl: fake.url,
    mcpConfig: noTools,
    allowedMcpServers: guest.url,
    resultCache: '*=60',
  })
  const tools = [toGuest({ require_approval: 'never' })]
  const callsSoFar = (): number => guest.requests.length
  fake.script(callOf('echo'), { text: 'Done.' }, callOf('echo'), { text: 'Done.' })
  await connect(caching).responses.create({ model: 'm', input: 'Echo', tools })
  const first = callsSoFar()
  await connect(caching).responses.create({ model: 'm', input: 'Echo', tools })
  expect(callsSoFar()).toBe(2 * first)
})

test('tokens are counted with the tools of the server', async () => {
  const plain = await client.responses.inputTokens.count({ model: 'm', input: 'Echo' })
  const tooled = await client.responses.inputTokens.count({ model: 'm', input: 'Echo', tools: [toGuest()] })
  expect(tooled.input_tokens).toBeGreaterThan(plain.input_tokens)
})

test('a rule that cannot be read stops the service at its start', async () => {
  await expect(openService({ baseUrl: fake.url, allowedMcpServers: 'a b://c' })).rejects.toMatchObject({
    code: 'invalid_config',
  })
})
