import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type Reply, startFakeModelServer } from '../support/fake-model-server.ts'
import { collect, contentOf, failureOf, hello, openServer } from './open-server.ts'

describe('a busy server', () => {
  test.each<[string, Reply]>([
    ['429 with Retry-After: 0', { status: 429, retryAfter: 0 }],
    ['429 with Retry-After: 0, twice', { status: 429, retryAfter: 0, times: 2 }],
    ['503 with a date gone by', { status: 503, retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT' }],
    ['502 without a word', { status: 502, body: '', retryAfter: 0 }],
  ])('%s is asked again, with the same request', async (_, reply) => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script(reply, { text: 'At last.' })
    expect(contentOf(await collect(server.chat(hello)))).toBe('At last.')
    expect(new Set(fake.chats.map(({ bytes }) => bytes.toString()))).toEqual(new Set([JSON.stringify(hello)]))
    expect(fake.chats).toHaveLength((reply.times ?? 1) + 1)
  })

  test.each([
    ['seconds', 1, 1],
    ['no wish of its own', undefined, 0.25],
  ])('is waited for as long as it asks: %s', async (_, retryAfter, seconds) => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script({ status: 429, ...(retryAfter !== undefined && { retryAfter }) })
    const asked: number[] = []
    for (const count of [1, 2]) void fake.received(count).then(() => asked.push(performance.now()))
    await collect(server.chat(hello))
    const [first = 0, second = 0] = asked
    // A timer may fire within the millisecond before its time.
    expect(second - first).toBeGreaterThan(seconds * 1000 - 5)
  })

  test('is given up after two more tries, with its words', async () => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script({ status: 429, retryAfter: 0, message: 'Queue is full.', times: 9 })
    expect(await failureOf(server.chat(hello))).toMatchObject({
      status: 429,
      message: `The model server ${fake.url} is too busy (429): Queue is full. Try again later.`,
    })
    expect(fake.chats).toHaveLength(3)
  })

  test('that asks for too long a wait is told at once', async () => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script({ status: 429, retryAfter: 3600, message: 'Come back tomorrow.' })
    expect(await failureOf(server.chat(hello))).toMatchObject({ status: 429, words: 'Come back tomorrow.' })
    expect(fake.chats).toHaveLength(1)
  })

  test.each([400, 401, 404, 500])('%i is not a matter of time', async (status) => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script({ status, retryAfter: 0 })
    expect(await failureOf(server.chat(hello))).toMatchObject({ status })
    expect(fake.chats).toHaveLength(1)
  })
})

describe('a connection that breaks', () => {
  test('is opened again once where a server dropped it while it was kept', async () => {
    let answers = 0
    const sockets: Socket[] = []
    const body = '{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    const upstream = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      socket.on('data', () => {
        answers++
        // The second request comes over the kept connection and meets a server that has just let go of it.
        if (answers === 2) socket.resetAndDestroy()
        else socket.write(head + body)
      })
    }).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    {
      await using server = openServer(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`)
      expect(contentOf(await collect(server.chat(hello)))).toBe('Hi')
      expect(contentOf(await collect(server.chat(hello)))).toBe('Hi')
    }
    expect(answers).toBe(3)
    expect(sockets).toHaveLength(2)
    upstream.close()
    await once(upstream, 'close')
  })

  test('is opened again once only', async () => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script({ noReply: 'drop', times: 5 })
    expect(await failureOf(server.chat(hello))).toMatchObject({
      code: 'model_failed',
      message: expect.stringMatching(/broke the connection/),
    })
    expect(fake.chats).toHaveLength(2)
  })

  test('is not opened again once a byte of the answer was used', async () => {
    await using fake = await startFakeModelServer()
    await using server = openServer(fake.url)
    fake.script({ text: 'abc', fault: { kind: 'drop', after: 1 } })
    expect(await failureOf(server.chat(hello))).toMatchObject({ code: 'model_failed' })
    expect(fake.chats).toHaveLength(1)
  })
})
