import { Agent, hostedMcpTool, OpenAIProvider, Runner, tool } from '@openai/agents'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { checkingFetch } from '../../../support/checking-fetch.ts'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
let service: OpenedService
let runner: Runner

beforeAll(async () => {
  bench = createWorkbench()
  fake = await startFakeModelServer({ models: ['m'] })
  service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
  const openAIClient = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: checkingFetch })
  const modelProvider = new OpenAIProvider({ openAIClient, useResponses: true })
  runner = new Runner({ modelProvider, model: 'm', tracingDisabled: true })
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
  bench[Symbol.dispose]()
})

const call = (name: string, args: object) => ({ toolCalls: [{ name, arguments: JSON.stringify(args) }] })
const last = (): unknown => fake.chats.at(-1)?.body.messages?.at(-1)

const weather = tool({
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `${city}: sunny`,
})

test('an agent runs its own tool, in one go and streamed', async () => {
  const agent = new Agent({ name: 'Forecaster', instructions: 'Be brief.', tools: [weather] })
  fake.script(call('get_weather', { city: '서울' }), { text: '맑음.' })
  expect((await runner.run(agent, '서울 날씨?')).finalOutput).toBe('맑음.')
  expect(last()).toMatchObject({ role: 'tool', content: '서울: sunny' })
  fake.script({ reasoning: 'Hm.', ...call('get_weather', { city: 'Busan' }), split: 2 }, { text: 'Rain.', split: 2 })
  const streamed = await runner.run(agent, 'Busan?', { stream: true })
  await streamed.completed
  expect(streamed.finalOutput).toBe('Rain.')
})

test('an agent goes on from its last response by the id alone', async () => {
  const agent = new Agent({ name: 'Friend', instructions: 'Be brief.' })
  fake.script({ text: 'Hello Kim.' }, { text: 'Kim.' })
  const first = await runner.run(agent, 'I am Kim.')
  await runner.run(agent, 'Who am I?', { previousResponseId: first.lastResponseId as string })
  expect(fake.chats.at(-1)?.body.messages?.map(({ content }) => content)).toEqual([
    'Be brief.',
    'I am Kim.',
    'Hello Kim.',
    'Who am I?',
  ])
})

test('an agent hands over to another', async () => {
  const korean = new Agent({ name: 'Korean', instructions: 'Answer in Korean.', tools: [weather] })
  const front = new Agent({ name: 'Front', instructions: 'Hand over.', handoffs: [korean] })
  fake.script(call('transfer_to_Korean', {}), { text: '안녕하세요.' })
  const result = await runner.run(front, '안녕')
  expect(result).toMatchObject({ finalOutput: '안녕하세요.', lastAgent: { name: 'Korean' } })
})

test.each([
  [true, '안녕'],
  [false, 'did not approve'],
])('a call of our MCP server waits for the approval of the person: %s', async (approved, told) => {
  const hosted = hostedMcpTool({ serverLabel: 'test', allowedTools: ['echo'], requireApproval: 'always' } as never)
  const agent = new Agent({ name: 'Echo', instructions: 'Echo.', tools: [hosted] })
  fake.script(call('echo', { text: '안녕' }), { text: 'Done.' })
  const waiting = await runner.run(agent, 'Echo')
  const [asked] = waiting.interruptions
  expect(asked?.rawItem).toMatchObject({ name: 'echo' })
  if (!asked) return
  if (approved) waiting.state.approve(asked)
  else waiting.state.reject(asked)
  const result = await runner.run(agent, waiting.state)
  expect(result.finalOutput).toBe('Done.')
  expect(JSON.stringify(last())).toContain(told)
})
