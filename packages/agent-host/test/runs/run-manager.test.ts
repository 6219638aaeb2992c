import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { type AgentService, createAgentHost, userMessage } from '../../src/index.ts'
import { toApprovalPolicy } from '../../src/runs/approval-policy.ts'
import type { CallRules } from '../../src/runs/call-gate.ts'
import { createMemoryResultCache } from '../../src/runs/result-cache.ts'
import { noChatLog } from '../../src/runs/chat-log/chat-log.ts'
import { createRunManager, type RunManager } from '../../src/runs/run-manager.ts'
import { openMemoryStores, type Stores } from '../../src/runs/stores.ts'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
let agent: AgentService
let stores: Stores
let manager: RunManager

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

function openManager(owner = 'here', rules: Partial<CallRules> = {}): RunManager {
  return createRunManager({
    chatLog: noChatLog,
    stores,
    run: (input) => agent.run(input),
    log: quiet,
    owner,
    leaseMs: 5000,
    mostRuns: 100,
    rules: {
      approval: toApprovalPolicy({}),
      approvalTtlMs: 60_000,
      cache: createMemoryResultCache(),
      cacheTtlMs: () => undefined,
      idempotent: () => false,
      ...rules,
    },
  })
}

beforeAll(() => {
  bench = createWorkbench()
})
afterAll(() => bench[Symbol.dispose]())
beforeEach(async () => {
  fake = await startFakeModelServer({ models: ['m'] })
  const settings = { baseUrl: fake.url, mcpConfig: bench.mcpConfig, logLevel: 'silent' }
  agent = await createAgentHost({ settings, env: { ENV: 'testing' } })
  stores = openMemoryStores()
  manager = openManager()
})
afterEach(async () => {
  await manager.close()
  await agent.close()
  await fake.close()
})

const echoWith = (text: string): object => ({ toolCalls: [{ name: 'echo', arguments: text }] })
const callEcho = { toolCalls: [{ name: 'echo', arguments: { text: '안녕' } }] }

async function eventsOf(runId: string, from = manager): Promise<AgentEvent[]> {
  const events: AgentEvent[] = []
  for await (const { event } of from.follow(runId)) events.push(event)
  return events
}

async function bodiesOf(sessionId: string): Promise<string[]> {
  return (await stores.sessions.entries(sessionId)).map(({ body }) =>
    body.type === 'message' ? body.message.role : body.type,
  )
}

test('a run keeps its messages, its intents and its end, in order', async () => {
  fake.script(callEcho, { text: 'It said 안녕.' })
  const { runId, sessionId, ended } = await manager.start({ messages: [userMessage('Say hello.')] })
  expect((await bodiesOf(sessionId))[0]).toBe('user')
  await ended
  expect(await bodiesOf(sessionId)).toEqual(['user', 'assistant', 'tool-intent', 'tool', 'assistant', 'run-end'])
  expect(await manager.get(runId)).toMatchObject({ state: 'done', model: 'm', sessionId })
  const events = await eventsOf(runId)
  expect(events[0]?.type).toBe('run-start')
  expect(events.at(-1)).toMatchObject({ type: 'run-end', reason: 'answer' })
})

test('a session goes on where it was, and branches where it is told to', async () => {
  fake.script({ text: 'One.' }, { text: 'Two.' }, { text: 'Other.' })
  const { sessionId, ended } = await manager.start({ messages: [userMessage('1')] })
  await ended
  const [first] = await stores.sessions.entries(sessionId)
  await (
    await manager.start({ sessionId, messages: [userMessage('2')] })
  ).ended
  expect(
    fake.chats
      .at(-1)
      ?.body.messages?.map(({ content }) => content)
      .slice(1),
  ).toEqual(['1', 'One.', '2'])
  await (
    await manager.start({ sessionId, parentId: first?.id, messages: [] })
  ).ended
  expect(
    fake.chats
      .at(-1)
      ?.body.messages?.map(({ content }) => content)
      .slice(1),
  ).toEqual(['1'])
})

test('runs of one session wait for each other, in order', async () => {
  fake.script({ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' })
  const sessionId = (await stores.sessions.create()).id
  const started = await Promise.all(
    ['1', '2', '3'].map((text) => manager.start({ sessionId, messages: [userMessage(text)] })),
  )
  await Promise.all(started.map(({ ended }) => ended))
  expect(
    fake.chats
      .at(-1)
      ?.body.messages?.map(({ content }) => content)
      .slice(1),
  ).toEqual(['1', 'One.', '2', 'Two.', '3'])
})

test('a busy session is refused, or its run interrupted, where that is asked for', async () => {
  const gate = Promise.withResolvers<void>()
  fake.script(
    async () => {
      await gate.promise
      return { text: 'Late.' }
    },
    { text: 'Next.' },
  )
  const first = await manager.start({ messages: [userMessage('1')] })
  const { sessionId } = first
  await fake.received(1)
  const refused = manager.start({ sessionId, messages: [userMessage('2')], onBusy: 'reject' })
  await expect(refused).rejects.toThrow('is in use by')
  const other = openManager('elsewhere')
  const next = await other.start({ sessionId, messages: [userMessage('3')], onBusy: 'interrupt' })
  gate.resolve()
  await Promise.all([first.ended, next.ended])
  expect((await manager.get(first.runId)).state).toBe('cancelled')
  expect((await manager.get(next.runId)).state).toBe('done')
  expect(await bodiesOf(sessionId)).toEqual(['user', 'run-end', 'user', 'assistant', 'run-end'])
})

test('a run is cancelled and followed from another process', async () => {
  fake.script({ text: 'Never.', fault: { kind: 'stall', after: 1 } })
  const { runId, ended } = await manager.start({ messages: [userMessage('1')] })
  const other = openManager('elsewhere')
  const events = eventsOf(runId, other)
  await fake.received(1)
  await other.cancel(runId)
  await ended
  expect((await events).at(-1)).toMatchObject({ type: 'run-end', reason: 'cancelled' })
})

test('a parked run keeps what it waits for, and its session is free', async () => {
  fake.script(callEcho, { text: 'Done.' })
  const { sessionId, ended } = await manager.start({
    messages: [userMessage('Say hello.')],
    decide: async () => ({ type: 'ask' }),
  })
  await ended
  expect(await bodiesOf(sessionId)).toEqual(['user', 'assistant', 'pending', 'run-end'])
  const entries = await stores.sessions.entries(sessionId)
  const calls = entries.flatMap(({ body }) => (body.type === 'pending' ? body.calls.map(({ call }) => call) : []))
  await (
    await manager.start({ sessionId, messages: [], calls })
  ).ended
  expect((await bodiesOf(sessionId)).slice(4)).toEqual(['tool-intent', 'tool', 'assistant', 'run-end'])
})

test('calls that nobody answered are told as such when the conversation goes on', async () => {
  fake.script(callEcho, { text: 'As you like.' })
  const { sessionId, ended } = await manager.start({
    messages: [userMessage('Say hello.')],
    decide: async () => ({ type: 'ask' }),
  })
  await ended
  await (
    await manager.start({ sessionId, messages: [userMessage('Never mind.')] })
  ).ended
  const tool = fake.chats.at(-1)?.body.messages?.find(({ role }) => role === 'tool')
  expect(tool?.content).toContain('This call was not made.')
})

test('a session that is not there is an error, unless it is to be made', async () => {
  fake.script({ text: 'Hi.' })
  await expect(manager.start({ sessionId: 'mine', messages: [userMessage('1')] })).rejects.toThrow('no session mine')
  const { sessionId, ended } = await manager.start({
    sessionId: 'mine',
    createSession: true,
    messages: [userMessage('1')],
  })
  await ended
  expect(sessionId).toBe('mine')
})

test('a manager that closes starts nothing, and cancels what does not end in time', async () => {
  fake.script({ text: 'Never.', fault: { kind: 'stall', after: 1 } })
  const { runId, ended } = await manager.start({ messages: [userMessage('1')] })
  await fake.received(1)
  await manager.close(10)
  await ended
  expect((await manager.get(runId)).state).toBe('cancelled')
  await expect(manager.start({ messages: [] })).rejects.toThrow('shutting down')
})

describe('approvals', () => {
  const asks = { approval: toApprovalPolicy({ echo: 'ask' }) }

  async function park(
    rules: Partial<CallRules> = asks,
  ): Promise<{ manager: RunManager; runId: string; sessionId: string; callId: string }> {
    fake.script(callEcho, { text: 'Done.' })
    const asking = openManager('asking', rules)
    const { runId, sessionId, ended } = await asking.start({ messages: [userMessage('Say hello.')] })
    await ended
    const events = await eventsOf(runId)
    const request = events.find((event) => event.type === 'approval-request')
    expect(await asking.get(runId)).toMatchObject({ state: 'parked' })
    return { manager: asking, runId, sessionId, callId: request?.call.id ?? '' }
  }

  test('a yes runs the call, also through another process', async () => {
    const { runId, sessionId, callId } = await park()
    const next = await openManager('elsewhere', asks).answer(runId, callId, { decision: 'approved', by: 'kim' })
    await next?.ended
    expect((await bodiesOf(sessionId)).slice(2)).toEqual([
      'pending',
      'run-end',
      'approval',
      'tool-intent',
      'tool',
      'assistant',
      'run-end',
    ])
    expect(fake.chats.at(-1)?.body.messages?.at(-1)).toMatchObject({ role: 'tool', content: '안녕' })
  })

  test('a no is told to the model', async () => {
    const { manager: asking, runId, callId } = await park()
    const next = await asking.answer(runId, callId, { decision: 'denied', reason: 'too loud' })
    await next?.ended
    expect(fake.chats.at(-1)?.body.messages?.at(-1)?.content).toContain('did not approve this call: too loud')
  })

  test('an answer counts once, and a late one is a no', async () => {
    const { manager: asking, runId, sessionId, callId } = await park({ ...asks, approvalTtlMs: 0 })
    await (
      await asking.answer(runId, callId, { decision: 'approved' })
    )?.ended
    expect(await bodiesOf(sessionId)).not.toContain('tool-intent')
    await expect(asking.answer(runId, callId, { decision: 'approved' })).rejects.toThrow('answered already')
    await expect(asking.answer(runId, 'nope', { decision: 'approved' })).rejects.toThrow('No call nope')
  })

  test('a tool that is switched off is refused', async () => {
    fake.script(callEcho, { text: 'I cannot.' })
    const strict = openManager('strict', { approval: toApprovalPolicy({ 'test__*': 'never' }) })
    await (
      await strict.start({ messages: [userMessage('Say hello.')] })
    ).ended
    expect(fake.chats.at(-1)?.body.messages?.at(-1)?.content).toContain('echo is switched off here')
  })
})

test('a result that is kept serves again, however the arguments are written, and is shown as cached', async () => {
  fake.script(echoWith('{"text":"안녕"}'), echoWith('{ "text" : "\\uc548녕" }'), { text: 'Twice.' })
  const caching = openManager('caching', { cacheTtlMs: () => 60_000 })
  const { runId, sessionId, ended } = await caching.start({ messages: [userMessage('Say hello twice.')] })
  await ended
  const results = (await eventsOf(runId)).filter((event) => event.type === 'tool-result')
  expect(results.map(({ cached, parts }) => [cached ?? false, parts])).toEqual([
    [false, [{ type: 'text', text: '안녕' }]],
    [true, [{ type: 'text', text: '안녕' }]],
  ])
  expect((await bodiesOf(sessionId)).filter((type) => type === 'tool-intent')).toHaveLength(1)
})
