import { connect } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import OpenAI, { APIError } from 'openai'
import { describe, expect, test } from 'vitest'
import { assembleStream } from '../../support/chat-stream.ts'
import type { Script } from '../../support/fake-model-server.ts'
import { openProxy } from '../../support/open-proxy.ts'

const tools = [{ type: 'function', function: { name: 'echo', parameters: { type: 'object' } } }]
const chat = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const path = '/v1/chat/completions'

const long = (length: number) => ({ ...chat, messages: [{ role: 'user', content: 'x'.repeat(length) }] })

/** OpenAI's error, with every field it has there. */
const error = (message: unknown, type: string, code: unknown, param: unknown = null) => ({
  error: { message, type, param, code },
})

describe('a request that is refused here', () => {
  test.each([
    ['JSON that is none', '{"model":', null, 'not valid JSON'],
    ['no object', '[]', null, 'not valid JSON'],
    ['no body', '', null, 'not valid JSON'],
    ['tools of a wrong type', { ...chat, tools: 7 }, 'tools', 'tools: '],
    ['a format of a wrong type', { ...chat, response_format: 'json' }, 'response_format', 'response_format: '],
  ])('%s', async (_name, body, param, words) => {
    await using proxied = await openProxy()
    const response = await proxied.post(path, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual(
      error(expect.stringContaining(words), 'invalid_request_error', 'invalid_request', param),
    )
    expect(proxied.fake.requests).toEqual([])
  })

  test('another content type', async () => {
    await using proxied = await openProxy()
    const response = await proxied.post(path, 'hi', { headers: { 'content-type': 'text/plain' } })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual(
      error(expect.stringContaining('application/json'), 'invalid_request_error', 'invalid_request'),
    )
  })

  test.each(['/v1/nothing', '/nothing'])('a path that is not there: %s', async (unknown) => {
    await using proxied = await openProxy()
    const response = await proxied.post(unknown, chat)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual(
      error(`There is no POST ${unknown} here.`, 'invalid_request_error', 'not_found'),
    )
  })

  test('a foreign origin and a foreign host', async () => {
    await using proxied = await openProxy()
    const foreign = await fetch(`${proxied.url}/v1/models`, { headers: { origin: 'http://evil.example' } })
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { error: { type: 'permission_error' } }])
  })

  test('a body beyond the limit, and one below it passes', async () => {
    await using proxied = await openProxy({}, { maxBody: 300_000 })
    expect((await proxied.post(path, long(299_000))).status).toBe(200)
    const response = await proxied.post(path, long(300_000))
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual(
      error(
        'The request body is longer than 300000 bytes. PROXY_MAX_BODY sets how long it may be.',
        'invalid_request_error',
        'payload_too_large',
      ),
    )
  })

  test("OpenAI's client is told of a body of 21 MB", async () => {
    await using proxied = await openProxy()
    const client = new OpenAI({ baseURL: `${proxied.url}/v1`, apiKey: 'x', maxRetries: 0 })
    const content = 'x'.repeat(21 * 1024 * 1024)
    const failure: unknown = await client.chat.completions
      .create({ model: 'm', messages: [{ role: 'user', content }] })
      .catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(APIError)
    expect(failure).toMatchObject({ status: 413, code: 'payload_too_large' })
  })

  test('bytes that are no HTTP', async () => {
    await using proxied = await openProxy()
    const socket = connect(Number(new URL(proxied.url).port), '127.0.0.1')
    socket.write('nonsense\r\n\r\n')
    const answer = await readAll(socket)
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { type: 'invalid_request_error' } })
  })
})

describe('a refusal of the model server', () => {
  test.each([
    ['openai', 'is kept as it is', { type: 'invalid_request_error', param: null, code: null }],
    ['vllm', 'is kept as it is', { type: 'BadRequestError', param: null, code: 400 }],
    ['llamacpp', 'is kept as it is', { type: 'invalid_request_error', code: 400 }],
    ['vllm-flat', "is put into OpenAI's shape", { type: 'invalid_request_error', param: null, code: null }],
    ['fastapi', "is put into OpenAI's shape", { type: 'invalid_request_error', param: null, code: null }],
  ] as const)('%s: %s', async (errorShape, _how, fields) => {
    await using proxied = await openProxy({ errorShape })
    for (const body of [chat, { ...chat, tools, stream: true }]) {
      proxied.fake.script({ status: 400, message: 'maximum context length is 4096', headers: { 'x-request-id': 'r1' } })
      const response = await proxied.post(path, body)
      expect(response.status).toBe(400)
      expect(response.headers.get('x-request-id')).toBe('r1')
      expect(await response.json()).toEqual({ error: { message: 'maximum context length is 4096', ...fields } })
    }
  })

  test.each([
    [401, 'authentication_error'],
    [403, 'permission_error'],
    [429, 'rate_limit_error'],
    [503, 'server_error'],
  ])('of another kind: %i, as text', async (status, type) => {
    await using proxied = await openProxy()
    proxied.fake.script({ status, body: 'nginx says no', retryAfter: 3 })
    const response = await proxied.post('/v1/completions', { model: 'm', prompt: 'x' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '3'])
    expect(await response.json()).toEqual(error('nginx says no', type, null))
  })

  test('never shows our key', async () => {
    await using proxied = await openProxy({}, { apiKey: 'sk-ours' })
    proxied.fake.script({ status: 401, message: 'Incorrect key sk-ours' })
    expect(await (await proxied.post(path, chat)).json()).toMatchObject({ error: { message: 'Incorrect key ***' } })
    expect(proxied.fake.chats[0]?.headers.authorization).toBe('Bearer sk-ours')
  })
})

test("a client's own key goes on to the model server only where we have none", async () => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-client' }
  for (const [apiKey, sent] of [
    [undefined, 'Bearer sk-client'],
    ['sk-ours', 'Bearer sk-ours'],
  ]) {
    await using proxied = await openProxy({}, { apiKey })
    await (await proxied.post(path, chat, { headers })).text()
    expect(proxied.fake.chats[0]?.headers.authorization).toBe(sent)
  }
})

describe('a model server that is not there for us', () => {
  test('502 where nothing answers', async () => {
    await using proxied = await openProxy({}, { baseUrl: 'http://127.0.0.1:9' })
    for (const body of [chat, { ...chat, tools }]) {
      const response = await proxied.post(path, body)
      expect([response.status, await response.json()]).toMatchObject([
        502,
        error(expect.stringContaining('No model server answers'), 'upstream_error', 'model_unreachable'),
      ])
    }
    const health = await fetch(`${proxied.url}/health`)
    expect([health.status, await health.json()]).toMatchObject([503, { status: 'unavailable' }])
  })

  test('504 where it is silent', async () => {
    await using proxied = await openProxy({ reply: { noReply: 'stall' } }, { requestTimeout: 0.2 })
    const response = await proxied.post(path, chat)
    expect([response.status, await response.json()]).toMatchObject([
      504,
      error(expect.stringContaining('REQUEST_TIMEOUT'), 'timeout_error', 'model_timeout'),
    ])
  })

  test('502 where it breaks off before it answers', async () => {
    await using proxied = await openProxy({ reply: { noReply: 'drop' } })
    expect((await proxied.post(path, chat)).status).toBe(502)
    // A connection that was kept may have been dropped while idle, so it is tried once more.
    expect(proxied.fake.chats).toHaveLength(2)
  })

  test('502 where a whole answer is cut short', async () => {
    await using proxied = await openProxy()
    const raw = '{"choices":[{"index":0,"message":{"content":"Hel'
    const headers = { 'content-type': 'application/json', 'content-length': '999' }
    // oxlint-disable-next-line unicorn/no-thenable -- the fake server's name for what happens after the bytes
    proxied.fake.script({ raw, headers, then: 'drop' })
    expect((await proxied.post(path, { ...chat, tools })).status).toBe(502)
  })
})

describe.each([
  ['with conversion', { tools }],
  ['without', {}],
])('a stream that goes wrong, %s', (_kind, more) => {
  const body = { ...chat, ...more, stream: true }

  test.each([
    ['that the server breaks off', { kind: 'drop', after: 3 }, 'broke the connection'],
    ['that ends without [DONE]', { kind: 'end', after: 3 }, 'closed its stream in the middle'],
    ['with an error of the server in it', { kind: 'error', after: 3, message: 'CUDA out of memory' }, 'CUDA'],
  ] as const)('%s keeps what had arrived, and ends well with an error', async (_name, fault, words) => {
    await using proxied = await openProxy({ reply: { text: 'Hello there', split: 3, fault } })
    const answer = assembleStream(await (await proxied.post(path, body)).text())
    expect(answer.choices[0]).toMatchObject({ content: 'Hello ', finish_reason: null })
    expect(answer.error).toMatchObject({ message: expect.stringContaining(words) as string })
    expect(Object.keys(answer.error ?? {})).toEqual(['message', 'type', 'param', 'code'])
    expect(answer.done).toBe(true)
  })

  test('in which the server falls silent ends with an error when its time is up', async () => {
    const reply: Script = { text: 'Hello there', split: 3, fault: { kind: 'stall', after: 3 } }
    await using proxied = await openProxy({ reply }, { requestTimeout: 0.3 })
    const answer = assembleStream(await (await proxied.post(path, body)).text())
    expect(answer).toMatchObject({
      choices: [{ content: 'Hello ' }],
      error: { type: 'timeout_error', code: 'model_timeout' },
      done: true,
    })
  })

  test('that says why it ended, but not that nothing follows, is whole', async () => {
    await using proxied = await openProxy({ reply: { text: 'Hello', done: false } })
    const answer = assembleStream(await (await proxied.post(path, body)).text())
    expect(answer).toMatchObject({ choices: [{ content: 'Hello', finish_reason: 'stop' }], done: true })
    expect(answer.error).toBeUndefined()
  })

  test("is thrown by OpenAI's client", async () => {
    await using proxied = await openProxy({
      reply: { text: 'Hello there', split: 3, fault: { kind: 'drop', after: 3 } },
    })
    const client = new OpenAI({ baseURL: `${proxied.url}/v1`, apiKey: 'x', maxRetries: 0 })
    const stream = await client.chat.completions.create(body as never)
    let content = ''
    await expect(async () => {
      for await (const chunk of stream as unknown as AsyncIterable<{ choices: { delta: { content?: string } }[] }>) {
        content += chunk.choices[0]?.delta.content ?? ''
      }
    }).rejects.toThrow('broke the connection')
    expect(content).toBe('Hello ')
  })
})

describe('a converted stream', () => {
  const body = { ...chat, tools, stream: true }

  test('by a line that is no JSON ends with an error, and the model server is let go', async () => {
    await using proxied = await openProxy({
      reply: { text: 'Hello there', split: 3, fault: { kind: 'bad-json', after: 3 } },
    })
    const answer = assembleStream(await (await proxied.post(path, body)).text())
    expect(answer).toMatchObject({
      choices: [{ content: 'Hello ' }],
      error: { message: expect.stringContaining('not JSON') as string },
      done: true,
    })
    await proxied.fake.chats[0]?.closed
  })

  test('by a half-written call shows its text, and never says that it can be run', async () => {
    const text = 'Well. <tool_call>{"name": "echo", "arguments": {"text": "a'
    await using proxied = await openProxy({ reply: { text, split: 4, fault: { kind: 'drop', after: 16 } } })
    const answer = assembleStream(await (await proxied.post(path, body)).text())
    expect(answer.choices[0]).toMatchObject({ content: text, finish_reason: null })
    expect(answer.error).toBeDefined()
    expect(answer.done).toBe(true)
  })
})
