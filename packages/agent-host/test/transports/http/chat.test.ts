import { expect, test } from 'vitest'
import { type FakeModelServerOptions, startFakeModelServer } from '../../support/fake-model-server.ts'
import { openService } from '../../support/open-service.ts'
import { createWorkbench } from '../../support/workbench.ts'

async function post(url: string, body: unknown, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })
  return { status: response.status, body: await response.json() }
}

const chatWith = async (options: FakeModelServerOptions, flags: Record<string, unknown> = {}) => {
  const bench = createWorkbench()
  const fake = await startFakeModelServer(options)
  const service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, ...flags })
  return {
    fake,
    url: service.url,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await fake.close()
      bench[Symbol.dispose]()
    },
  }
}

test('answers with what was called, and what it cost', async () => {
  await using opened = await chatWith({ models: ['m'] })
  const { fake, url } = opened
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  fake.script(
    { toolCalls: [{ id: 'call_1', name: 'echo', arguments: { text: '안녕' } }], usage },
    { text: '안녕하세요.', usage },
  )
  const { status, body } = await post(url, { message: '인사해 줘' })
  expect(status).toBe(200)
  expect(body).toEqual({
    content: '안녕하세요.',
    session_id: expect.stringMatching(/^session_/) as string,
    run_id: expect.stringMatching(/^run_/) as string,
    tool_calls: [
      {
        id: 'call_1',
        name: 'echo',
        arguments: { text: '안녕' },
        result: '안녕',
        duration_ms: expect.any(Number) as number,
        is_error: false,
      },
    ],
    usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
    model: 'm',
    steps: 2,
    finish_reason: 'answer',
  })
  expect(fake.chats[0]?.body).toMatchObject({ stream: true, parallel_tool_calls: false })
  expect(fake.chats[0]?.body.messages?.at(-1)).toEqual({ role: 'user', content: '인사해 줘' })
})

test.each([
  ['JSON that is none', '{"message":', 'body'],
  ['no body', '', 'body'],
  ['a wrong type', { message: 7 }, 'message'],
  ['no message', {}, 'message'],
  ['an empty message', { message: ' \n' }, 'message'],
  ['an over-long message', { message: 'x'.repeat(100_001) }, 'message'],
  ['an unknown field', { message: 'x', temprature: 1 }, 'temprature'],
  ['an array', [], 'body'],
  ['null', 'null', 'body'],
])('400 for %s, naming the field', async (_name, sent, field) => {
  await using opened = await chatWith({})
  const { status, body } = await post(opened.url, sent)
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: { code: 'invalid_request', message: expect.stringContaining(field) as string } })
  expect(opened.fake.requests).toEqual([])
})

test('400 for a body that is not JSON by its content type', async () => {
  await using opened = await chatWith({})
  const { status, body } = await post(opened.url, 'hi', { headers: { 'content-type': 'text/plain' } })
  expect([status, body]).toMatchObject([
    400,
    { error: { message: expect.stringContaining('application/json') as string } },
  ])
})

test('413 for a body above 16 MiB', async () => {
  await using opened = await chatWith({})
  const { status } = await post(opened.url, { message: 'x'.repeat(17 * 1024 * 1024) })
  expect(status).toBe(413)
})

test('502 where the model server fails, with its words and no stack', async () => {
  await using opened = await chatWith({})
  opened.fake.script({ status: 400, message: 'no such field: stop_4096', times: 3 })
  const { status, body } = await post(opened.url, { message: 'x' })
  expect(status).toBe(502)
  expect(body).toMatchObject({ error: { code: 'model_failed', message: expect.stringContaining('4096') as string } })
  expect(JSON.stringify(body)).not.toMatch(/\bat .*\.ts/)
})

test('400 where the conversation is longer than the model takes', async () => {
  await using opened = await chatWith({})
  opened.fake.script({ status: 400, message: 'maximum context length is 4096 tokens' })
  const { status, body } = await post(opened.url, { message: 'x' })
  expect([status, body]).toMatchObject([400, { error: { code: 'context_length_exceeded' } }])
})

test('502 where no model server answers', async () => {
  await using service = await openService({ baseUrl: 'http://127.0.0.1:9' })
  const { status, body } = await post(service.url, { message: 'x' })
  expect([status, body]).toMatchObject([502, { error: { code: 'model_unreachable' } }])
})

test('504 when the time is up, and the model server is let go', async () => {
  await using opened = await chatWith({}, { requestTimeout: 0.3 })
  opened.fake.script({ noReply: 'stall' })
  const { status, body } = await post(opened.url, { message: 'x' })
  expect([status, body]).toMatchObject([
    504,
    { error: { message: expect.stringContaining('REQUEST_TIMEOUT') as string } },
  ])
  const request = opened.fake.chats[0]
  await request?.closed
  expect(request?.aborted).toBe(true)
})

test('a client that hangs up cancels the run at the model server', async () => {
  await using opened = await chatWith({})
  opened.fake.script({ text: 'a long answer', split: 1, fault: { kind: 'stall', after: 2 } })
  const client = new AbortController()
  const answer = post(opened.url, { message: 'x' }, { signal: client.signal })
  // The first request is for the list of models.
  const request = await opened.fake.received(2)
  client.abort()
  await expect(answer).rejects.toThrow('aborted')
  await request.closed
  expect(request.aborted).toBe(true)
})

test('a limit is an answer with its reason', async () => {
  await using opened = await chatWith({}, { maxSteps: 1 })
  opened.fake.script({ text: 'Let me see.', toolCalls: [{ name: 'echo', arguments: { text: 'x' } }] })
  const { status, body } = await post(opened.url, { message: 'x' })
  expect([status, body]).toMatchObject([200, { content: 'Let me see.', finish_reason: 'step-limit', steps: 1 }])
})
