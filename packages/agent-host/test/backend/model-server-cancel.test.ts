import { expect, test } from 'vitest'
import { startFakeModelServer } from '../support/fake-model-server.ts'
import { contentOf, failureOf, hello, openServer } from './open-server.ts'

test('breaking out of the answer makes the server see the disconnect', async () => {
  await using fake = await startFakeModelServer()
  await using server = openServer(fake.url)
  fake.script({ text: 'abc', split: 1, fault: { kind: 'stall', after: 2 } })
  for await (const chunk of server.chat(hello)) if (contentOf([chunk]) === 'a') break
  const request = await fake.received(1)
  await request.closed
  expect(request.aborted).toBe(true)
})

test('throwing out of the answer does too', async () => {
  await using fake = await startFakeModelServer()
  await using server = openServer(fake.url)
  fake.script({ text: 'abc', split: 1, fault: { kind: 'stall', after: 2 } })
  const chunks = server.chat(hello)
  await chunks.next()
  await expect(chunks.throw(new Error('mine'))).rejects.toThrow('mine')
  const request = await fake.received(1)
  await request.closed
  expect(request.aborted).toBe(true)
})

test('aborting in the middle ends the answer and the request', async () => {
  await using fake = await startFakeModelServer()
  await using server = openServer(fake.url)
  fake.script({ text: 'abc', split: 1, fault: { kind: 'stall', after: 2 } })
  const stop = new AbortController()
  const read: string[] = []
  await expect(async () => {
    for await (const chunk of server.chat(hello, stop.signal)) {
      read.push(contentOf([chunk]))
      if (read.includes('a')) stop.abort()
    }
  }).rejects.toMatchObject({ name: 'AbortError' })
  expect(read).toEqual(['', 'a'])
  const request = await fake.received(1)
  await request.closed
  expect(request.aborted).toBe(true)
})

test('aborting before the first byte ends the request', async () => {
  await using fake = await startFakeModelServer()
  await using server = openServer(fake.url)
  fake.script({ noReply: 'stall' })
  const stop = new AbortController()
  const failure = failureOf(server.chat(hello, stop.signal))
  const request = await fake.received(1)
  stop.abort()
  expect(await failure).toMatchObject({ name: 'AbortError' })
  await request.closed
  expect(request).toMatchObject({ aborted: true, status: undefined })
})

test('aborting ends the wait for a busy server, and an aborted signal sends nothing', async () => {
  await using fake = await startFakeModelServer()
  await using server = openServer(fake.url)
  fake.script({ status: 429, retryAfter: 20 })
  const stop = new AbortController()
  const failure = failureOf(server.chat(hello, stop.signal))
  await (
    await fake.received(1)
  ).closed
  stop.abort()
  expect(await failure).toMatchObject({ name: 'AbortError' })
  expect(await failureOf(server.chat(hello, stop.signal))).toMatchObject({ name: 'AbortError' })
  expect(fake.chats).toHaveLength(1)
})

test('closing ends what is under way', async () => {
  await using fake = await startFakeModelServer()
  const server = openServer(fake.url)
  fake.script({ text: 'abc', fault: { kind: 'stall', after: 1 } })
  const failure = failureOf(server.chat(hello))
  const request = await fake.received(1)
  await server.close()
  expect(await failure).toBeInstanceOf(Error)
  await request.closed
  expect(request.aborted).toBe(true)
})
