import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PendingCall, RunInput } from '../../src/index.ts'
import { type AgentEvent, type AgentService, createAgentHost, type Message, userMessage } from '../../src/index.ts'
import { type FakeModelServer, startFakeModelServer } from '../support/fake-model-server.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
let agent: AgentService

beforeAll(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'] })
  const settings = { baseUrl: fake.url, mcpConfig: bench.mcpConfig, logLevel: 'silent', parallelToolCalls: true }
  agent = await createAgentHost({ settings, env: { ENV: 'testing' } })
})
afterAll(async () => {
  await agent.close()
  await fake.close()
  bench[Symbol.dispose]()
})

const question = userMessage('What is the weather, and echo it?')
const weather = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }
const bothCalls = {
  toolCalls: [
    { name: 'get_weather', arguments: { city: '서울' } },
    { name: 'echo', arguments: { text: '안녕' } },
  ],
}

interface Parked {
  messages: Message[]
  pending: PendingCall[]
  end: Extract<AgentEvent, { type: 'run-end' }> | undefined
}

async function run(input: RunInput): Promise<Parked> {
  const messages = [...input.messages]
  let end: Parked['end']
  for await (const event of agent.run(input)) {
    if (event.type === 'message') messages.push(event.message)
    if (event.type === 'run-end') end = event
  }
  return { messages, pending: end?.pending ?? [], end }
}

function resultOf({ call }: PendingCall, text: string): Message {
  const parts = [{ type: 'text' as const, text }]
  return { id: 'msg_r', role: 'tool', parts: [{ type: 'tool-result', callId: call.id, parts, isError: false }] }
}

test('a run waits for the client to make its own call, and goes on with the result', async () => {
  fake.script(bothCalls, { text: 'Sunny, 안녕.' })
  const first = await run({ messages: [question], clientTools: [weather] })
  expect(first.end).toMatchObject({ reason: 'parked', steps: 1 })
  expect(first.pending.map(({ call, waitsFor }) => [call.name, waitsFor])).toEqual([['get_weather', 'client']])
  expect(first.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])

  const [pending] = first.pending
  if (!pending) throw new Error('nothing waits')
  const second = await run({ messages: [...first.messages, resultOf(pending, '맑음')], clientTools: [weather] })
  expect(second.end).toMatchObject({ reason: 'answer' })
  const sent = fake.chats.at(-1)?.body.messages?.filter(({ role }) => role === 'tool')
  expect(sent?.map(({ content }) => content).toSorted()).toEqual(['맑음', '안녕'].toSorted())
})

test('a call that needs an approval runs first once it is approved', async () => {
  fake.script({ toolCalls: [{ name: 'echo', arguments: { text: '안녕' } }] }, { text: 'Done.' })
  const asked = await run({ messages: [question], decide: async () => ({ type: 'ask' }) })
  expect(asked.end).toMatchObject({ reason: 'parked', pending: [{ waitsFor: 'approval' }] })
  expect(asked.messages.map(({ role }) => role)).toEqual(['user', 'assistant'])

  const calls = asked.pending.map(({ call }) => call)
  const approved = await run({ messages: asked.messages, calls })
  expect(approved.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
  expect(fake.chats.at(-1)?.body.messages?.at(-1)).toMatchObject({ role: 'tool', content: '안녕' })
})

test('the last step still hands the client its call', async () => {
  fake.script({ toolCalls: [{ name: 'get_weather', arguments: {} }] })
  const { end } = await run({ messages: [question], clientTools: [weather], maxSteps: 1 })
  expect(end).toMatchObject({ reason: 'parked', steps: 1 })
})

test('a run may name its model, its instructions, its tools and further fields of the request', async () => {
  fake.script({ text: 'Yes.' })
  await run({
    messages: [question],
    model: 'another',
    instructions: 'Be brief.',
    offers: ({ name }) => name === 'echo',
    parameters: { top_k: 5 },
    temperature: 0.5,
    runId: 'run_1',
  })
  const body = fake.chats.at(-1)?.body
  expect(body).toMatchObject({ model: 'another', top_k: 5, temperature: 0.5, messages: [{ content: 'Be brief.' }, {}] })
  expect(JSON.stringify(body?.tools)).toContain('"echo"')
  expect(body?.tools).toHaveLength(1)
})
