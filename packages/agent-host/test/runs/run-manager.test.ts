import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { type AgentService, createAgentHost, userMessage } from '../../src/index.ts'
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

function openManager(owner = 'here'): RunManager {
  return createRunManager({ stores, run: (input) => agent.run(input), log: quiet, owner, leaseMs: 5000 })
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
