import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKey } from '../../src/config/api-key.ts'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { openService } from '../support/open-service.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
beforeEach(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'] })
})
afterEach(async () => {
  await fake.close()
  bench[Symbol.dispose]()
})

type Flags = Parameters<typeof openService>[0]
const settings = (more: Flags = {}): Flags => ({
  baseUrl: fake.url,
  mcpConfig: bench.mcpConfig,
  dataDir: join(bench.folder, 'data'),
  ...more,
})

async function post(url: string, path: string, body: unknown): Promise<string> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return await response.text()
}

type Line = Record<string, unknown>

function linesOf(path: string): Line[] {
  const text = readFileSync(path, 'utf8')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
}

describe('the chat log', () => {
  test('has a line for every turn of every endpoint, with its call and its tokens', async () => {
    const service = await openService(settings())
    const { url } = service
    fake.script(
      { toolCalls: [{ id: 'call_1', name: 'echo', arguments: { text: '안녕' } }] },
      { text: 'Said.' },
      { text: 'Final Answer: Two.' },
      { text: 'Three.' },
      { text: 'Four.' },
      { text: 'Five.' },
      { text: 'Six.' },
      { text: 'Seven.' },
    )
    await post(url, '/api/chat', { message: 'one', session_id: 's1' })
    await post(url, '/api/agent_chat', { message: 'two' })
    await post(url, '/api/v1/chat', { content: 'three' })
    await post(url, '/api/v1/chat/stream', { content: 'four' })
    await post(url, '/chat', { message: 'five', session_id: 's1' })
    const run = JSON.parse(await post(url, '/api/v1/runs', { message: 'six' })) as { run_id: string }
    await (await fetch(`${url}/api/v1/runs/${run.run_id}/events`)).text()
    await post(url, '/v1/responses', { model: 'm', input: 'seven' })
    await service[Symbol.asyncDispose]()

    const lines = linesOf(join(bench.folder, 'data/chat_log.jsonl'))
    expect(lines.map(({ endpoint, user, assistant }) => [endpoint, user, assistant])).toEqual([
      ['chat', 'one', 'Said.'],
      ['agent_chat', 'two', 'Two.'],
      ['v1_chat', 'three', 'Three.'],
      ['v1_chat', 'four', 'Four.'],
      ['simple_chat', 'five', 'Five.'],
      ['runs', 'six', 'Six.'],
      ['responses', 'seven', 'Seven.'],
    ])
    const number = expect.any(Number) as number
    expect(lines[0]).toEqual({
      ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      session_id: 's1',
      run_id: expect.stringMatching(/^run_/) as string,
      endpoint: 'chat',
      user: 'one',
      assistant: 'Said.',
      model: 'm',
      tool_calls: [{ id: 'call_1', name: 'echo', arguments: { text: '안녕' }, duration_ms: number, is_error: false }],
      usage: { prompt_tokens: number, completion_tokens: number, total_tokens: number },
      steps: 2,
      finish_reason: 'answer',
      error: null,
      duration_ms: number,
    })
    expect(lines[5]).toMatchObject({ run_id: run.run_id })
  })

  test('has the turn that failed too, with its error', async () => {
    const service = await openService(settings())
    fake.script({ status: 401, message: 'no' })
    await post(service.url, '/api/chat', { message: 'x' })
    await service[Symbol.asyncDispose]()
    expect(linesOf(join(bench.folder, 'data/chat_log.jsonl'))).toMatchObject([
      { user: 'x', assistant: '', finish_reason: 'error', error: { code: 'model_failed' } },
    ])
  })

  test('holds no secret: not the settings’, not the environment’s, not what looks like one', async () => {
    const key = createKey()
    const secrets = ['model-key-1234', 'search-token-5678', key, 'db-password-9']
    const env = { SEARCH_TOKEN: 'search-token-5678', SEARCH_URL: 'https://kim:db-password-9@search.example' }
    const service = await openService(settings({ apiKey: 'model-key-1234' }), env)
    const all = secrets.join(' ')
    fake.script(
      { toolCalls: [{ name: 'echo', arguments: { text: all, headers: { authorization: 'x y z' } } }] },
      { text: `They are ${all}.` },
    )
    await post(service.url, '/api/chat', { message: `I have ${all}.` })
    await service[Symbol.asyncDispose]()
    const text = readFileSync(join(bench.folder, 'data/chat_log.jsonl'), 'utf8')
    expect(text).toContain('[redacted]')
    for (const secret of [...secrets, 'x y z']) expect(text).not.toContain(secret)
  })

  test('is put aside at its size, lies where it is told, and is not there at all where nothing is kept', async () => {
    const path = join(bench.folder, 'elsewhere.jsonl')
    const service = await openService(
      settings({ chatLog: path, chatLogMaxSize: 300, chatLogKeep: 1, dataDir: ':memory:' }),
    )
    fake.script({ text: '1' }, { text: '2' }, { text: '3' })
    for (const message of ['a', 'b', 'c']) await post(service.url, '/api/chat', { message })
    await service[Symbol.asyncDispose]()
    expect([`${path}.1`, path].map((file) => linesOf(file).map(({ user }) => user))).toEqual([['b'], ['c']])
    expect(existsSync(`${path}.2`)).toBe(false)

    const off = await openService(settings({ chatLog: 'off' }))
    fake.script({ text: '4' })
    await post(off.url, '/api/chat', { message: 'd' })
    await off[Symbol.asyncDispose]()
    expect(existsSync(join(bench.folder, 'data/off'))).toBe(false)
    expect(existsSync(join(bench.folder, 'data/chat_log.jsonl'))).toBe(false)
  })

  test('that cannot be written fails no turn', async () => {
    await using service = await openService(settings({ chatLog: bench.mcpConfig + '/no/folder.jsonl' }))
    fake.script({ text: 'Fine.' })
    expect(await post(service.url, '/api/chat', { message: 'x' })).toContain('Fine.')
  })
})
