import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { ModelRefusal } from '../../src/backend/model-refusal.ts'
import { HostError } from '../../src/core/errors.ts'
import { type FakeModelServerOptions, type Reply, startFakeModelServer } from '../support/fake-model-server.ts'
import { contentOf, failureOf, hello, openServer } from './open-server.ts'

const timeoutMs = 1000
const key = 'sk-0123456789abcdef'

describe('a refusal tells the status and the words of the server', () => {
  const shapes = ['openai', 'vllm', 'vllm-flat', 'llamacpp', 'fastapi'] as const
  const statuses = [400, 401, 403, 404, 408, 500, 504] as const
  const cases = shapes.flatMap((errorShape) => statuses.map((status) => ({ errorShape, status })))

  test.each(cases)('$errorShape $status', async ({ errorShape, status }) => {
    await using fake = await startFakeModelServer({ errorShape })
    await using server = openServer(fake.url)
    fake.script({ status, message: 'It said why.', times: 3, retryAfter: 0 })
    const error = await failureOf(server.chat(hello))
    expect(error).toBeInstanceOf(ModelRefusal)
    const code = status === 408 || status === 504 ? 'model_timeout' : 'model_failed'
    expect(error).toMatchObject({ code, status, words: 'It said why.', details: { status, server: fake.url } })
    expect((error as Error).message).toMatch(new RegExp(`^The model server ${fake.url} .*: It said why\\.( |$)`))
  })

  test.each<[string, unknown, string]>([
    ['a list of details', { detail: [{ loc: ['body', 'model'], msg: 'Field required' }] }, 'Field required'],
    ['an error as text', { error: 'model not found' }, 'model not found'],
    ['an error of null beside a message', { error: null, message: 'busy' }, 'busy'],
    ['a text', 'Internal Server Error\n', 'Internal Server Error'],
    ['unknown JSON', { code: 5 }, '{"code":5}'],
    ['nothing', '', ''],
    ['a very long text', 'x'.repeat(5000), 'x'.repeat(500)],
  ])('%s', async (_, body, words) => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script({ status: 500, body })
    expect(await failureOf(server.chat(hello))).toMatchObject({ words })
  })

  test('a refused key and an unknown model say what to do', async () => {
    await using fake = await startFakeModelServer({ apiKey: 'other' })
    await using server = openServer(fake.url, { apiKey: key })
    expect(await failureOf(server.chat(hello))).toMatchObject({
      message: `The model server ${fake.url} refused the key (401): Unauthorized. Set VLLM_API_KEY to one that it accepts.`,
    })
    await using open = await startFakeModelServer()
    await using client = openServer(open.url)
    expect(await failureOf(client.chat({ ...hello, model: 'gpt-9' }))).toMatchObject({
      status: 404,
      words: 'The model `gpt-9` does not exist.',
    })
  })
})

describe('the key is taken out of whatever the server echoes', () => {
  const half = 'x'.repeat(490)
  test.each<[string, Reply]>([
    ['a refusal', { status: 401, message: `Bad key ${key}, ${key}!` }],
    ['a refusal that is cut in the middle of it', { status: 500, body: `${half}${key}` }],
    ['a text that is no completion', { raw: `key ${key}`, headers: { 'content-type': 'application/json' } }],
    [
      'such a text that is cut in the middle of it',
      { raw: `${'x'.repeat(190)}${key}`, headers: { 'content-type': 'text/plain' } },
    ],
    ['an error in the stream', { text: 'Hi', fault: { kind: 'error', after: 1, message: `key ${key}` } }],
    ['bad JSON in the stream', { text: 'Hi', fault: { kind: 'bad-json', after: 1, data: `{"key":"${key}` } }],
  ])('%s', async (_, reply) => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url, { apiKey: key })
    fake.script(reply)
    const error = await failureOf(server.chat(hello))
    expect(error).toBeInstanceOf(HostError)
    const { message, details, cause, stack, words } = error as ModelRefusal
    expect(message).toContain('***')
    expect(JSON.stringify([message, details, words, stack, String(cause)])).not.toContain(key.slice(0, 6))
  })
})

describe('a stream that goes wrong', () => {
  const failures: [string, Reply, string, RegExp][] = [
    [
      'bad JSON',
      { fault: { kind: 'bad-json', after: 2 } },
      'model_failed',
      /sent what is not a chat completion: \{"id"/,
    ],
    [
      'other JSON',
      { fault: { kind: 'bad-json', after: 2, data: '[1]' } },
      'model_failed',
      /not a chat completion: \[1\]/,
    ],
    [
      'an error',
      { fault: { kind: 'error', after: 2, message: 'CUDA' } },
      'model_failed',
      /in the middle of its answer: CUDA/,
    ],
    ['a flat error', { fault: { kind: 'error', after: 2, body: { error: 'OOM' } } }, 'model_failed', /its answer: OOM/],
    ['a drop', { fault: { kind: 'drop', after: 2 } }, 'model_failed', /broke the connection \(UND_ERR_SOCKET\)/],
    [
      'an early end',
      { fault: { kind: 'end', after: 2 } },
      'model_failed',
      /closed its stream in the middle of the answer/,
    ],
    ['silence', { fault: { kind: 'stall', after: 2 } }, 'model_timeout', /silent for 1 s\. REQUEST_TIMEOUT/],
  ]
  test.each(failures)('%s: what came before it is kept', async (_, reply, code, message) => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url, { timeoutMs })
    fake.script({ text: 'abcdef', split: 3, ...reply })
    let read = ''
    const error: unknown = await (async () => {
      for await (const chunk of server.chat(hello)) read += contentOf([chunk])
    })().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HostError)
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(read).toBe('abc')
    expect(fake.chats).toHaveLength(1)
  })

  test.each<[string, FakeModelServerOptions]>([
    [
      'a whole answer that is cut short',
      { reply: { raw: '{"choices":[', headers: { 'content-type': 'application/json' } } },
    ],
    ['a page of a proxy', { reply: { raw: '<html>', headers: { 'content-type': 'text/html' } } }],
  ])('%s', async (_, options) => {
    await using fake = await startFakeModelServer(options)
    await using server = openServer(fake.url)
    expect(await failureOf(server.chat(hello))).toMatchObject({ code: 'model_failed' })
  })

  test('silence before the first byte is a timeout', async () => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url, { timeoutMs })
    fake.script({ noReply: 'stall' })
    expect(await failureOf(server.chat(hello))).toMatchObject({ code: 'model_timeout', details: { server: fake.url } })
  })
})

describe('nobody is there', () => {
  test('a port where nothing listens', async () => {
    const fake = await startFakeModelServer()
    await fake.close()
    await using server = openServer(fake.url)
    const error = {
      code: 'model_unreachable',
      message: expect.stringMatching(/No model server answers at .*ECONNREFUSED/),
    }
    expect(await failureOf(server.chat(hello))).toMatchObject(error)
    await expect(server.models()).rejects.toMatchObject(error)
  })

  test('a name that is none', async () => {
    await using server = openServer('http://nowhere.invalid/v1')
    expect(await failureOf(server.chat(hello))).toMatchObject({ code: 'model_unreachable' })
  })

  test('something that does not speak HTTP, and TLS where there is none', async () => {
    const other = createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await using plain = openServer(`http://127.0.0.1:${port}/v1`)
    expect(await failureOf(plain.chat(hello))).toMatchObject({ code: 'model_failed' })
    await using tls = openServer(`https://127.0.0.1:${port}/v1`)
    expect(await failureOf(tls.chat(hello))).toMatchObject({ code: 'model_unreachable' })
    other.close()
  })
})
