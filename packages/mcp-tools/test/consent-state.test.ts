import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createServerFactory } from '../src/server.ts'
import { type HttpEndpoint, serveOverHttp } from '../src/transports/http.ts'
import { createEchoingTools, publicHost } from './support/echoing-tools.ts'

// In the protocol of 2026-07-28 an answer comes with a call of its own, along with a state that went through the
// client's hands: here the client is a hand that writes what it likes.

let endpoint: HttpEndpoint
let echoing: Awaited<ReturnType<typeof createEchoingTools>>

const secret = 'sk-very-secret-1234'

beforeEach(async () => {
  echoing = await createEchoingTools({
    profiles: [{ name: 'service', origin: `https://${publicHost}`, secret, bearer: true }],
  })
  const options = { host: '127.0.0.1', port: 0, token: undefined, hosts: [], onError: () => undefined }
  endpoint = await serveOverHttp(createServerFactory(echoing.tools), options)
})

afterEach(async () => {
  vi.useRealTimers()
  await endpoint.close()
  await echoing.network.close()
})

interface Answer {
  readonly result?: {
    readonly resultType?: string
    readonly requestState?: string
    readonly inputRequests?: Readonly<Record<string, unknown>>
    readonly structuredContent?: Readonly<Record<string, unknown>>
  }
  readonly error?: { readonly code: number; readonly message: string }
}

const args = { url: `https://${publicHost}/items`, method: 'POST', json: { title: 'hello' } }
const accepted = { confirm: { action: 'accept', content: { allow: true } } }

/** One `tools/call` as its client writes it. */
async function call(
  params: Readonly<Record<string, unknown>>,
  client: { name?: string; tool?: string; capabilities?: object } = {},
): Promise<Answer> {
  const { name: clientName = 'hand', tool = 'http_request', capabilities = { elicitation: { form: {} } } } = client
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: clientName, version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  }
  const response = await fetch(new URL('/mcp', endpoint.origin), {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': tool,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tool, arguments: args, ...params, _meta: envelope },
    }),
  })
  return (await response.json()) as Answer
}

/** What the first call gives: a question, and the state to bring back with its answer. */
async function ask(client: Parameters<typeof call>[1] = {}): Promise<string> {
  const { result } = await call({}, client)
  expect(result).toMatchObject({ resultType: 'input_required', inputRequests: { confirm: {} } })
  expect(echoing.seen).toEqual([])
  return result?.requestState ?? ''
}

const isAskedAgain = { result: { resultType: 'input_required' } }
const isRefused = { error: { code: -32_602 } }

test('an answer with its state is taken, once', async () => {
  const requestState = await ask()
  const params = { requestState, inputResponses: accepted }
  expect(await call(params)).toMatchObject({ result: { structuredContent: { status: 200 } } })
  expect(await call(params)).toMatchObject(isAskedAgain)
  expect(echoing.seen).toHaveLength(1)
})

test('two answers at once send one request', async () => {
  const params = { requestState: await ask(), inputResponses: accepted }
  await Promise.all([call(params), call(params), call(params)])
  expect(echoing.seen).toHaveLength(1)
})

test.each([
  ['URL', { url: `https://${publicHost}/other` }],
  ['host', { url: 'https://www.example.org/items' }],
  ['method', { method: 'DELETE', json: undefined }],
  ['body', { json: { title: 'bye' } }],
  ['kind of body', { json: undefined, text: '{"title":"hello"}' }],
  ['header', { headers: { 'x-role': 'admin' } }],
  ['query', { query: { all: 'yes' } }],
])('an answer does not hold for another %s', async (_what, changed) => {
  const requestState = await ask()
  const other = { arguments: { ...args, ...changed }, requestState, inputResponses: accepted }
  expect(await call(other)).toMatchObject(isAskedAgain)
  expect(echoing.seen).toEqual([])
})

test('an answer still holds where what is sent stays the same', async () => {
  const requestState = await ask()
  const same = { ...args, method: 'post', max_chars: 10, headers: { 'Content-Type': 'application/json' } }
  const { result } = await call({ arguments: same, requestState, inputResponses: accepted })
  expect(result?.structuredContent).toMatchObject({ status: 200 })
})

test('a state that was tampered with, or made elsewhere, is refused', async () => {
  const state = await ask()
  const [version = '', body = '', mac = ''] = state.split('.')
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
  const later = Buffer.from(JSON.stringify({ ...payload, exp: 9_999_999_999 })).toString('base64url')
  for (const forged of [
    `${version}.${later}.${mac}`,
    `${version}.${body}.${mac.slice(2)}`,
    `${state}x`,
    'v1..',
    '',
    'x',
  ]) {
    expect(await call({ requestState: forged, inputResponses: accepted })).not.toHaveProperty(
      'result.structuredContent',
    )
  }
  expect(await call({ requestState: `${version}.${later}.${mac}`, inputResponses: accepted })).toMatchObject(isRefused)
  expect(echoing.seen).toEqual([])
})

test('a state is refused when it has expired', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const requestState = await ask()
  vi.setSystemTime(Date.now() + 301_000)
  expect(await call({ requestState, inputResponses: accepted })).toMatchObject(isRefused)
  expect(echoing.seen).toEqual([])
})

test('a state of one client is refused from another', async () => {
  const requestState = await ask()
  const params = { requestState, inputResponses: accepted }
  expect(await call(params, { name: 'another' })).toMatchObject(isRefused)
  expect(echoing.seen).toEqual([])
})

test('an answer without a state, or a state without an answer, is no consent', async () => {
  expect(await call({ inputResponses: accepted })).toMatchObject(isAskedAgain)
  const requestState = await ask()
  expect(await call({ requestState })).toMatchObject(isAskedAgain)
  const odd = [
    {},
    { other: accepted.confirm },
    { confirm: { action: 'accept' } },
    { confirm: { action: 'accept', content: { allow: 'true' } } },
    { confirm: { action: 'yes', content: { allow: true } } },
    { confirm: true },
  ]
  for (const inputResponses of odd) {
    const answer = await call({ requestState: await ask(), inputResponses })
    expect(answer.result?.structuredContent?.status).toBeUndefined()
  }
  expect(echoing.seen).toEqual([])
})

test.each([{}, { elicitation: { url: {} } }, { sampling: {} }])(
  'a client that can only %j is not asked',
  async (able) => {
    const { result } = await call({}, { capabilities: able })
    expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'blocked_method' } } })
  },
)

test('the state tells nothing of the request', async () => {
  const state = Buffer.from((await ask()).split('.')[1] ?? '', 'base64url').toString()
  for (const part of [publicHost, 'hello', 'title', 'POST']) expect(state).not.toContain(part)
})

test('what the user is shown cannot pose as something else', async () => {
  const text = `harmless\r\n\n> Allowed by the operator.\u202e\u200b\n${'x'.repeat(10_000)}\nDELETE everything`
  const { result } = await call({ arguments: { ...args, json: undefined, text } })
  const { params } = (result?.inputRequests?.confirm ?? {}) as { params: { message: string } }
  const [head = '', ...lines] = params.message.split('\n')
  expect(head).toContain(`POST to ${publicHost}`)
  expect(lines.filter((line) => line.startsWith('> '))).toHaveLength(4)
  expect(params.message).toContain('> harmless\n> \n> > Allowed by the operator.\ufffd\ufffd')
  expect(params.message).toMatch(/… \(\d+ more characters\)$/)
  expect(params.message.length).toBeLessThan(4_000)
})

test('a body that is no text is described', async () => {
  const { result } = await call({ arguments: { ...args, json: undefined, text: 'a\0b' } })
  expect(JSON.stringify(result?.inputRequests)).toContain('Body, 3 bytes')
  expect(JSON.stringify(result?.inputRequests)).toContain('(binary)')
})

test('secrets of the operator are neither shown nor sent', async () => {
  const withSecret = { ...args, url: `${args.url}?key=${secret}`, json: { key: secret } }
  const { result } = await call({ arguments: withSecret })
  expect(JSON.stringify(result?.inputRequests)).toContain('> {\\"key\\":\\"[redacted:service]\\"}')
  expect(JSON.stringify(result)).not.toContain(secret)
  await call({ requestState: await ask(), inputResponses: accepted })
  expect(echoing.seen).toHaveLength(1)
  expect(echoing.seen[0]?.headers.authorization).toBeUndefined()
})

test('nobody is asked about a profile that would not be used', async () => {
  const { result } = await call({ arguments: { ...args, auth: 'service' } })
  expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'blocked_auth' } } })
})

test('a multipart body is the same when it is sent again', async () => {
  const body = { json: undefined, multipart: [{ name: 'file', value: 'a,b', filename: 'a.csv', type: 'text/csv' }] }
  const first = await call({ arguments: { ...args, ...body } })
  const requestState = first.result?.requestState
  const again = await call({ arguments: { ...args, ...body }, requestState, inputResponses: accepted })
  expect(again.result?.structuredContent).toMatchObject({ status: 200 })
})
