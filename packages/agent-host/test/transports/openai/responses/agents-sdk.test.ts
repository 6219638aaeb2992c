import { Agent, hostedMcpTool, OpenAIProvider, Runner, tool } from '@openai/agents'
import OpenAI from 'openai'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { checkingFetch } from '../../../support/checking-fetch.ts'
import { useResponses } from './use-responses.ts'

const tested = useResponses()
let runner: Runner

beforeAll(() => {
  const openAIClient = new OpenAI({ baseURL: `${tested.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: checkingFetch })
  const modelProvider = new OpenAIProvider({ openAIClient, useResponses: true })
  runner = new Runner({ modelProvider, model: 'm', tracingDisabled: true })
})

const call = (name: string, args: object) => ({ toolCalls: [{ name, arguments: JSON.stringify(args) }] })
const last = (): unknown => tested.fake.chats.at(-1)?.body.messages?.at(-1)

const weather = tool({
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `${city}: sunny`,
})

test('an agent runs its own tool, in one go and streamed', async () => {
  const agent = new Agent({ name: 'Forecaster', instructions: 'Be brief.', tools: [weather] })
  tested.fake.script(call('get_weather', { city: '서울' }), { text: '맑음.' })
  expect((await runner.run(agent, '서울 날씨?')).finalOutput).toBe('맑음.')
  expect(last()).toMatchObject({ role: 'tool', content: '서울: sunny' })
  tested.fake.script(
    { reasoning: 'Hm.', ...call('get_weather', { city: 'Busan' }), split: 2 },
    { text: 'Rain.', split: 2 },
  )
  const streamed = await runner.run(agent, 'Busan?', { stream: true })
  await streamed.completed
  expect(streamed.finalOutput).toBe('Rain.')
})

test('an agent goes on from its last response by the id alone', async () => {
  const agent = new Agent({ name: 'Friend', instructions: 'Be brief.' })
  tested.fake.script({ text: 'Hello Kim.' }, { text: 'Kim.' })
  const first = await runner.run(agent, 'I am Kim.')
  await runner.run(agent, 'Who am I?', { previousResponseId: first.lastResponseId as string })
  expect(tested.fake.chats.at(-1)?.body.messages?.map(({ content }) => content)).toEqual([
    'Be brief.',
    'I am Kim.',
    'Hello Kim.',
    'Who am I?',
  ])
})

test('an agent hands over to another', async () => {
  const korean = new Agent({ name: 'Korean', instructions: 'Answer in Korean.', tools: [weather] })
  const front = new Agent({ name: 'Front', instructions: 'Hand over.', handoffs: [korean] })
  tested.fake.script(call('transfer_to_Korean', {}), { text: '안녕하세요.' })
  const result = await runner.run(front, '안녕')
  expect(result).toMatchObject({ finalOutput: '안녕하세요.', lastAgent: { name: 'Korean' } })
})

test.each([
  [true, '안녕'],
  [false, 'did not approve'],
])('a call of our MCP server waits for the approval of the person: %s', async (approved, told) => {
  const hosted = hostedMcpTool({ serverLabel: 'test', allowedTools: ['echo'], requireApproval: 'always' } as never)
  const agent = new Agent({ name: 'Echo', instructions: 'Echo.', tools: [hosted] })
  tested.fake.script(call('echo', { text: '안녕' }), { text: 'Done.' })
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
