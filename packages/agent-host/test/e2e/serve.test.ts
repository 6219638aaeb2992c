import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { startFakeModelServer } from '../support/fake-model-server.ts'
import { runCli } from '../support/run-cli.ts'
import { serveCli } from '../support/serve-cli.ts'
import { createWorkbench } from '../support/workbench.ts'

async function ask(url: string, message: string): Promise<unknown> {
  const response = await fetch(`${url}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
  })
  return await response.json()
}

describe('on the demo', () => {
  test('the time in Seoul is a real result of time_now, and the page of an allowed URL comes back', async () => {
    const page = createServer((_request, response) => response.end('오늘의 메뉴: 비빔밥'))
    page.listen(0, '127.0.0.1')
    await once(page, 'listening')
    const origin = `http://127.0.0.1:${(page.address() as AddressInfo).port}`
    const { child, ended, url } = await serveCli({ HTTP_ALLOW: origin })
    try {
      const before = Date.now()
      expect(await ask(url, '현재 서울 시간을 알려줘')).toMatchObject({
        model: expect.stringContaining('demo') as string,
        content: expect.stringContaining('Asia/Seoul') as string,
        tool_calls: [{ name: 'time_now', arguments: { timezone: 'Asia/Seoul' }, result: { utc_offset: '+09:00' } }],
      })
      const answer = (await ask(url, '현재 서울 시간을 알려줘')) as { tool_calls: { result: { epoch_ms: number } }[] }
      expect(answer.tool_calls[0]?.result.epoch_ms).toBeGreaterThanOrEqual(before)
      expect(await ask(url, `${origin}/menu 내용을 보여줘`)).toMatchObject({
        content: expect.stringContaining('비빔밥') as string,
        tool_calls: [{ name: 'http_request', result: { status: 200, body: '오늘의 메뉴: 비빔밥' }, is_error: false }],
      })
      expect(await ask(url, 'show me http://127.0.0.1:1/')).toMatchObject({
        content: expect.stringContaining('failed') as string,
        tool_calls: [{ name: 'http_request', is_error: true }],
      })
    } finally {
      child.kill('SIGTERM')
      expect((await ended).code).toBe(0)
      page.close()
    }
  })

  test('is named a demo on the screen', async () => {
    using bench = createWorkbench()
    const { child, ended } = await serveCli({ MCP_CONFIG: bench.mcpConfig })
    child.kill('SIGINT')
    const { stderr, code } = await ended
    expect(stderr).toContain('a scripted demo, not a model')
    expect(stderr).toContain('echo, fail, hang, die')
    expect(code).toBe(0)
    expect(bench.running()).toEqual([])
  })
})

test.each([
  ['VLLM_MODEL', { VLLM_MODEL: 'm' }],
  ['VLLM_API_KEY', { VLLM_API_KEY: 'sk-secret' }],
])('no demo stands in for a model server that %s was set for', async (_name, env) => {
  const { code, stderr } = await runCli(['serve', '--port', '0'], { env })
  expect(stderr).toContain('Set VLLM_BASE_URL')
  expect(stderr).not.toContain('sk-secret')
  expect(code).toBe(3)
})

test('a service whose model server is away starts all the same, and answers once it is there', async () => {
  const away = await startFakeModelServer()
  await away.close()
  const { child, ended, url } = await serveCli({ VLLM_BASE_URL: away.url })
  try {
    expect(await ask(url, 'x')).toMatchObject({ error: { code: 'model_unreachable' } })
    await using fake = await startFakeModelServer({ port: away.port, reply: { text: 'Here again.' } })
    expect(await ask(url, 'x')).toMatchObject({ content: 'Here again.' })
    expect(fake.chats).toHaveLength(1)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
})

test('a request in progress is cancelled once the time for the end is up', async () => {
  using bench = createWorkbench()
  await using fake = await startFakeModelServer()
  fake.script({ noReply: 'stall' })
  const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: bench.mcpConfig, SHUTDOWN_TIMEOUT: '0' }
  const { child, ended, url } = await serveCli(env)
  const asked = ask(url, 'x')
  // One request for the models at the start, one for the run.
  const request = await fake.received(fake.requests.length + 1)
  child.kill('SIGTERM')
  expect(await asked).toMatchObject({ error: { code: 'cancelled' } })
  expect((await ended).code).toBe(0)
  await request.closed
  expect(request.aborted).toBe(true)
  expect(bench.running()).toEqual([])
})

test('what runs may end before the service does, and nothing more is accepted', async () => {
  using bench = createWorkbench()
  await using fake = await startFakeModelServer()
  const told = Promise.withResolvers<void>()
  fake.script({ text: 'To the end.', split: 1, fault: { kind: 'stall', after: 3, until: told.promise } })
  const { child, ended, url } = await serveCli({ VLLM_BASE_URL: fake.url, MCP_CONFIG: bench.mcpConfig })
  const asked = ask(url, 'x')
  await fake.received(fake.requests.length + 1)
  child.kill('SIGTERM')
  // A connection that is open already is answered; a new one is not taken.
  const refused = { error: { code: 'shutting_down' } }
  await expect.poll(() => ask(url, 'y').catch(() => refused)).toMatchObject(refused)
  told.resolve()
  expect(await asked).toMatchObject({ content: 'To the end.' })
  expect((await ended).code).toBe(0)
})

test('a port that is taken is told, with exit code 2', async () => {
  await using taken = await startFakeModelServer()
  const { stderr, code } = await runCli(['serve', '--port', String(taken.port)])
  expect(stderr).toContain(`Cannot listen on 127.0.0.1:${taken.port}`)
  expect(code).toBe(2)
})

test('the API key is sent, and shown nowhere, not even where the server echoes it', async () => {
  await using fake = await startFakeModelServer({ models: ['m'], apiKey: 'sk-secret' })
  fake.script({ status: 400, message: 'bad request by sk-secret', times: 3 })
  const env = { VLLM_BASE_URL: fake.url, VLLM_API_KEY: 'sk-secret', LOG_LEVEL: 'debug' }
  const { stderr, stdout, code } = await runCli(['ask', 'x', '--json'], { env })
  expect(fake.chats[0]?.headers.authorization).toBe('Bearer sk-secret')
  expect(code).toBe(1)
  expect(stdout).toContain('bad request by ***')
  expect(stdout + stderr).not.toContain('sk-secret')
})
