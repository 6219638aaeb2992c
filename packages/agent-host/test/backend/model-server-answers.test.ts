import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type Reply, startFakeModelServer } from '../support/fake-model-server.ts'
import type { ErrorCode } from '../../src/core/errors.ts'
import { collect, contentOf, failureOf, hello, openServer } from './open-server.ts'

const text = '한국어 café 😀 "quoted" \n line'

describe('a streamed answer is the same', () => {
  const answer = { text, split: 'character' } as const
  test.each<[string, Reply]>([
    ['in one write an event', answer],
    ['in writes of 1 byte', { ...answer, bytesPerWrite: 1 }],
    ['in writes of 2 bytes', { ...answer, bytesPerWrite: 2 }],
    ['in writes of 7 bytes', { ...answer, bytesPerWrite: 7 }],
    ['in writes of 1000 bytes', { ...answer, bytesPerWrite: 1000 }],
    ['with CRLF', { ...answer, lineEnd: '\r\n', bytesPerWrite: 1 }],
    ['with CR', { ...answer, lineEnd: '\r', bytesPerWrite: 3 }],
    ['between heartbeats', { ...answer, heartbeat: true, bytesPerWrite: 5 }],
    ['over several data lines', { ...answer, multiLine: true, lineEnd: '\r\n', bytesPerWrite: 11 }],
    ['without [DONE]', { ...answer, done: false }],
    ['from a server that does not stream', { text, neverStreams: true, bytesPerWrite: 1 }],
  ])('%s', async (_, reply) => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script(reply)
    const chunks = await collect(server.chat(hello))
    expect(contentOf(chunks)).toBe(text)
    expect(chunks.flatMap(({ choices }) => choices.flatMap((choice) => choice.finish_reason ?? []))).toEqual(['stop'])
    const [request] = fake.chats
    await request?.closed
    expect(request).toMatchObject({ aborted: false, body: hello })
  })
})

test('unknown fields pass through untouched, both ways', async () => {
  await using fake = await startFakeModelServer()
  await using server = openServer(fake.url)
  fake.script({ text: 'Hi', envelope: { vendor: { a: 1 } }, extra: { stop_reason: 7 }, logprobs: { content: [] } })
  const body = { ...hello, chat_template_kwargs: { enable_thinking: false }, top_k: 3 }
  const chunks = await collect(server.chat(body))
  expect(fake.chats[0]?.body).toEqual(body)
  expect(chunks[1]).toMatchObject({ vendor: { a: 1 }, choices: [{ logprobs: { content: [] } }] })
  expect(chunks.at(-1)).toMatchObject({ choices: [{ stop_reason: 7 }] })
})

test('null where a list or a count belongs is taken as none', async () => {
  await using fake = await startFakeModelServer()
  await using server = openServer(fake.url)
  const end = { choices: null, usage: { prompt_tokens: null, completion_tokens: 2, total_tokens: null } }
  fake.script({
    raw: `data: {"choices":[{"index":null,"delta":{"content":"a"}}]}\n\ndata: ${JSON.stringify(end)}\n\ndata: [DONE]\n\n`,
  })
  expect(await collect(server.chat(hello))).toEqual([
    { choices: [{ index: 0, delta: { content: 'a' } }] },
    { choices: [], usage: { prompt_tokens: 0, completion_tokens: 2, total_tokens: null } },
  ])
})

test('the key is sent as a bearer token, and none where there is none', async () => {
  await using fake = await startFakeModelServer({ apiKey: 'k' })
  await using withKey = openServer(fake.url, { apiKey: 'k' })
  await using without = openServer(fake.url)
  expect(contentOf(await collect(withKey.chat(hello)))).toBe('Hello.')
  expect(await failureOf(without.chat(hello))).toMatchObject({ status: 401 })
  expect(fake.chats.map(({ headers }) => headers.authorization)).toEqual(['Bearer k', undefined])
})

test('the end of an answer that travels behind its [DONE] is waited for, in the background', async () => {
  const { promise: answering, resolve } = Promise.withResolvers<ServerResponse>()
  const upstream = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: {"choices":[]}\n\ndata: [DONE]\n\n')
    resolve(response)
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  {
    await using server = openServer(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`)
    const outcome = outcomeOfRequest()
    expect(await collect(server.chat(hello))).toEqual([{ choices: [] }])
    const response = await answering
    response.end()
    expect(await outcome).toBe('whole')
  }
  upstream.close()
  await once(upstream, 'close')
})

/** What the HTTP client makes of its next answer, told by undici's diagnostics. */
function outcomeOfRequest(): Promise<'whole' | 'broken'> {
  return new Promise((resolve) => {
    const whole = (): void => end('whole')
    const broken = (): void => end('broken')
    const end = (outcome: 'whole' | 'broken'): void => {
      unsubscribe('undici:request:trailers', whole)
      unsubscribe('undici:request:error', broken)
      resolve(outcome)
    }
    subscribe('undici:request:trailers', whole)
    subscribe('undici:request:error', broken)
  })
}

describe('models', () => {
  test('are listed with what the server tells of them', async () => {
    await using fake = await startFakeModelServer({ models: ['a', 'b'], contextLength: 4096 })
    await using server = openServer(fake.url)
    expect(await server.models()).toEqual([
      { id: 'a', contextLength: 4096, ownedBy: 'vllm' },
      { id: 'b', contextLength: 4096, ownedBy: 'vllm' },
    ])
    await using bare = await startFakeModelServer({ modelList: 'bare' })
    await using other = openServer(bare.url)
    expect(await other.models()).toEqual([{ id: 'm', ownedBy: 'library' }])
  })

  test('null, as Ollama has it, is no models', async () => {
    await using fake = await startFakeModelServer({
      routes: { '/v1/models': { raw: '{"object":"list","data":null}' } },
    })
    await using server = openServer(fake.url)
    expect(await server.models()).toEqual([])
  })

  test.each<[string, Reply, ErrorCode, RegExp]>([
    ['another page', { raw: '<html>' }, 'model_failed', /is not a list of models/],
    ['an error', { status: 503, message: 'loading' }, 'model_failed', /answered 503: loading\./],
    [
      'a drop in the middle',
      { raw: '{"data":[', headers: { 'content-length': '99', connection: 'close' } },
      'model_failed',
      /broke the connection/,
    ],
    ['silence', { noReply: 'stall' }, 'model_timeout', /silent for 1 s/],
  ])('%s is told', async (_, reply, code, message) => {
    await using fake = await startFakeModelServer({ routes: { '/v1/models': reply } })
    await using server = openServer(fake.url, { timeoutMs: 1000 })
    await expect(server.models()).rejects.toMatchObject({
      name: 'HostError',
      code,
      message: expect.stringMatching(message),
    })
  })
})
