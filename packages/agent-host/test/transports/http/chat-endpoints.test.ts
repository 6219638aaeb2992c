import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeModelServer, startFakeModelServer } from '../../support/fake-model-server.ts'
import { type OpenedService, openService } from '../../support/open-service.ts'
import { createWorkbench, type Workbench } from '../../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
let service: OpenedService

beforeAll(() => {
  bench = createWorkbench()
})
afterAll(() => bench[Symbol.dispose]())
beforeEach(async () => {
  fake = await startFakeModelServer({ models: ['m'] })
  service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
})
afterEach(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
})

interface Answer {
  status: number
  body: Record<string, unknown>
}

async function post(path: string, body: unknown, url = service.url): Promise<Answer> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const script = join(import.meta.dirname, '../../../../../chat_send.sh')

async function chatSend(
  args: readonly string[],
  { folder, url, shell = 'sh' }: { folder: string; url: string; shell?: string },
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(shell, [script, ...args], { cwd: folder, env: { ...process.env, CHAT_URL: url } })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number, out, err }
}

const callEcho = { toolCalls: [{ id: 'call_1', name: 'echo', arguments: { text: '안녕' } }] }
const echoed = { name: 'echo', arguments: { text: '안녕' }, result: '안녕', is_error: false }

describe('POST /api/chat', () => {
  test('goes on with the session that it is told', async () => {
    fake.script({ text: 'Hello Kim.' }, { text: 'Kim.' })
    const first = await post('/api/chat', { message: 'I am Kim.' })
    const second = await post('/api/chat', { message: 'Who am I?', session_id: first.body.session_id })
    expect(second.body).toMatchObject({ content: 'Kim.', session_id: first.body.session_id })
    expect(
      fake.chats
        .at(-1)
        ?.body.messages?.map(({ content }) => content)
        .slice(1),
    ).toEqual(['I am Kim.', 'Hello Kim.', 'Who am I?'])
  })
})

test('POST /api/agent_chat shows every step of a ReAct run, though the server takes tools', async () => {
  fake.script(
    { text: 'Thought: I should say it.\nAction: echo\nAction Input: {"text":"안녕"}' },
    { text: 'Thought: It was said.\nFinal Answer: It said 안녕.' },
  )
  const { status, body } = await post('/api/agent_chat', { message: 'Say hello.' })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    content: 'It said 안녕.',
    session_id: expect.stringMatching(/^session_/) as string,
    steps: [
      { thought: 'I should say it.', action: 'echo', action_input: { text: '안녕' }, observation: '안녕' },
      { thought: 'It was said.', action: null, action_input: null, observation: null },
    ],
    tool_calls: [echoed],
  })
  expect(fake.chats[0]?.body).not.toHaveProperty('tools')
  expect(JSON.stringify(fake.chats[1]?.body.messages)).toContain('Observation: 안녕')
})

describe('POST /api/v1/chat', () => {
  test('answers with its conversation, and with null where no tool was called', async () => {
    fake.script({ text: 'Hi.' }, callEcho, { text: 'It said 안녕.' })
    const first = await post('/api/v1/chat', { content: 'Hello', conversation_id: null })
    expect(first.body).toEqual({ content: 'Hi.', conversation_id: expect.any(String) as string, tool_calls: null })
    const second = await post('/api/v1/chat', { content: 'Echo', conversation_id: first.body.conversation_id })
    expect(second.body).toMatchObject({ conversation_id: first.body.conversation_id, tool_calls: [echoed] })
  })

  test('tells a failing model server as 502, a failing tool server as 500, and bad input as 400, in detail', async () => {
    fake.script(
      { status: 401, message: 'no' },
      { toolCalls: [{ name: 'die', arguments: {} }] },
      { text: 'It is dead.' },
    )
    expect(await post('/api/v1/chat', { content: 'x' })).toMatchObject({
      status: 502,
      body: { detail: expect.stringMatching(/refused the key/) as string },
    })
    expect(await post('/api/v1/chat', { content: 'x' })).toMatchObject({
      status: 500,
      body: { detail: expect.stringMatching(/server of die/) as string },
    })
    expect(await post('/api/v1/chat', { text: 'x' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/content/) as string },
    })
  })

  test('streams each event as one line of JSON with its number, and ends with [DONE]', async () => {
    fake.script({ text: 'Hello there.', split: 5 })
    const response = await fetch(`${service.url}/api/v1/chat/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'Hi' }),
    })
    const lines = (await response.text()).split('\n\n').filter((line) => line.startsWith('data: '))
    expect(lines.at(-1)).toBe('data: [DONE]')
    const events = lines.slice(0, -1).map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>)
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
    expect(events[0]).toMatchObject({ type: 'run-start', conversation_id: expect.any(String) as string })
    expect(events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe('Hello there.')
  })
})

/** Reads up to the first text, and leaves. Gives where the run is, and how many events were read. */
async function readAndLeave(query: string): Promise<{ run: string; seen: number }> {
  const leaving = new AbortController()
  const response = await fetch(`${service.url}/api/v1/chat/stream${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'Hi' }),
    signal: leaving.signal,
  })
  let read = ''
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    read += piece
    if (read.includes('text-delta') && read.endsWith('\n\n')) break
  }
  leaving.abort()
  const events = [...read.matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as { runId?: string })
  return { run: `${service.url}/api/v1/runs/${events[0]?.runId}`, seen: events.length }
}

/** Goes on from there, to the end. */
async function readOn({ run, seen }: { run: string; seen: number }) {
  const rest = await (await fetch(`${run}/events`, { headers: { 'last-event-id': `${seen}` } })).text()
  const first = Number(/^id: (\d+)$/m.exec(rest)?.[1])
  const { state } = (await (await fetch(run)).json()) as { state: string }
  return { goesOn: first === seen + 1, state }
}

describe('POST /api/v1/chat/stream', () => {
  test('a client that leaves may come back to the run, which goes on unless it asked for its end', async () => {
    const left = Promise.withResolvers<void>()
    const fault = { kind: 'stall', after: 3, until: left.promise } as const
    fake.script({ text: 'Hello there.', split: 1, fault }, { text: 'Hello there.', split: 1, fault })
    const plain = await readAndLeave('')
    const asking = await readAndLeave('?cancel_on_disconnect=true')
    // The one that left first is known to have left once the other is.
    expect(await readOn(asking)).toEqual({ goesOn: true, state: 'cancelled' })
    left.resolve()
    expect(await readOn(plain)).toEqual({ goesOn: true, state: 'done' })
  })
})

describe('POST /chat', () => {
  test('begins a conversation with an unknown id, and goes on with it', async () => {
    fake.script({ text: 'One.' }, { text: 'Two.' })
    expect((await post('/chat', { session_id: 'mine', message: '1' })).body).toEqual({
      session_id: 'mine',
      answer: 'One.',
    })
    expect((await post('/chat', { session_id: 'mine', message: '2' })).body).toMatchObject({ answer: 'Two.' })
    expect(fake.chats.at(-1)?.body.messages).toHaveLength(4)
  })

  test('runs the model without tools, or says what is missing, by CHAT_MODE', async () => {
    fake.script({ text: 'Just me.' })
    await using plain = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, chatMode: 'llm' })
    expect((await post('/chat', { session_id: 'a', message: '1' }, plain.url)).body).toMatchObject({
      answer: 'Just me.',
    })
    expect(fake.chats.at(-1)?.body).not.toHaveProperty('tools')
    await using lacking = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, chatMode: 'rag' })
    expect(await post('/chat', { session_id: 'a', message: '1' }, lacking.url)).toMatchObject({
      status: 501,
      body: { error: { code: 'not_supported' } },
    })
  })

  test('chat_send.sh says where a call can be approved that its answer waits for', async () => {
    await using asking = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, approvals: 'echo=ask' })
    const folder = mkdtempSync(join(tmpdir(), 'chat-send-'))
    fake.script({ text: 'A "moment".', ...callEcho }, { text: 'It said 안녕.' })
    try {
      const { code, out, err } = await chatSend(['Say it.'], { folder, url: asking.url })
      expect([code, out]).toEqual([4, 'A "moment".\n'])
      const [, words, body = '', url = ''] = /^(.*): POST (\S+) to (\S+)\n$/.exec(err) ?? []
      expect(words).toBe('A call of echo waits for an approval')
      expect((await post(url, JSON.parse(body), '')).body).toMatchObject({ call_id: 'call_1', decision: 'approve' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test.each(['dash', 'bash'])('chat_send.sh talks to it from %s, whatever is in the text', async (shell) => {
    const folder = mkdtempSync(join(tmpdir(), 'chat-send-'))
    const send = (...args: string[]) => chatSend(args, { folder, url: service.url, shell })
    try {
      const odd = 'quote " back \\ tab \t bell \u0007\nsecond line 한글 🎉 $HOME `x` %s'
      fake.script({ text: odd }, { text: 'Two.' }, { text: 'Three.' })
      expect(await send(odd)).toEqual({ code: 0, out: `${odd}\n`, err: '' })
      expect(fake.chats.at(-1)?.body.messages?.at(-1)?.content).toBe(odd)
      await send('more')
      expect(fake.chats.at(-1)?.body.messages).toHaveLength(4)
      expect((await send('--new', 'again')).out).toBe('Three.\n')
      expect(fake.chats.at(-1)?.body.messages).toHaveLength(2)
      expect((await send()).code).toBe(2)
      fake.script({ status: 401, message: 'no' })
      expect(await send('x')).toMatchObject({ code: 1, err: expect.stringContaining('answered 502') as string })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
