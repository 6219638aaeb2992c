import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { assembleStream, assembleWhole } from '../../../support/chat-stream.ts'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
let service: OpenedService

beforeAll(() => {
  bench = createWorkbench()
})
afterAll(() => bench[Symbol.dispose]())
beforeEach(async () => {
  fake = await startFakeModelServer({ models: ['m', 'other'] })
  service = await openService({ baseUrl: fake.url, model: 'm', mcpConfig: bench.mcpConfig, systemPrompt: 'Be kind.' })
})
afterEach(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
})

const hello = [{ role: 'user', content: 'Hello' }]
const callEcho = (text: string, id = 'e1') => ({ id, name: 'echo', arguments: { text } })
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }
const callWeather = { id: 'w1', name: 'weather', arguments: { city: '서울' } }

interface Answered {
  status: number
  text: string
  // Read by many tests, each of which knows what it looks for.
  body: Record<string, unknown>
}

async function post(body: Record<string, unknown>): Promise<Answered> {
  const response = await fetch(`${service.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'agent', messages: hello, ...body }),
  })
  const text = await response.text()
  return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Answered['body']) : {} }
}

/** What the model server was sent last, without the instructions. */
function lastMessages(): unknown[] {
  return (fake.chats.at(-1)?.body.messages ?? []).filter(({ role }) => role !== 'system')
}

describe('a chat completion of the model "agent"', () => {
  const script = [
    { text: 'Let me see.', reasoning: 'I need it.', toolCalls: [callEcho('안녕 😀')] },
    { text: 'It says 안녕.' },
  ]

  test('runs tools here and answers, streamed as whole', async () => {
    fake.script(...script, ...script)
    const whole = await post({})
    const streamed = assembleStream((await post({ stream: true, stream_options: { include_usage: true } })).text)
    expect(assembleWhole(whole.body)).toEqual([
      {
        content: 'Let me see.\n\nIt says 안녕.',
        reasoning: 'I need it.\n> echo {"text":"안녕 😀"}\n< echo: 안녕 😀\n',
        refusal: '',
        tool_calls: [],
        finish_reason: 'stop',
        logprobs: [],
      },
    ])
    expect(streamed.choices).toEqual(assembleWhole(whole.body))
    expect(streamed.usage).toEqual(whole.body.usage)
    expect(streamed.done).toBe(true)
    expect(whole.body).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-\w+$/) as string,
      object: 'chat.completion',
      model: 'agent/m',
      agent_host: { run_end: 'answer', steps: 2 },
    })
  })
})

test('the OpenAI client reads it', async () => {
  fake.script({ toolCalls: [callEcho('x')] }, { text: 'Done.' })
  const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'k' })
  const stream = client.chat.completions.stream({ model: 'agent/other', messages: [{ role: 'user', content: 'Hi' }] })
  const { choices } = await stream.finalChatCompletion()
  expect(choices[0]?.message.content).toBe('Done.')
  expect(fake.chats.map(({ body }) => body.model)).toEqual(['other', 'other'])
})

test('a call of a client tool comes back to the steps before it', async () => {
  fake.script(
    { toolCalls: [callEcho('first')] },
    { text: 'And the weather?', toolCalls: [callEcho('second', 'e2'), callWeather] },
    { text: 'Sunny.' },
  )
  const first = await post({ tools: [weather], parallel_tool_calls: true })
  const [choice] = assembleWhole(first.body)
  expect(choice).toMatchObject({
    finish_reason: 'tool_calls',
    tool_calls: [{ name: 'weather', arguments: '{"city":"서울"}' }],
  })
  const { message } = (first.body.choices as { message: Record<string, unknown> }[])[0] ?? {}
  const id = choice?.tool_calls[0]?.id
  expect(id).not.toBe('w1')
  const second = await post({
    tools: [weather],
    messages: [...hello, message, { role: 'tool', tool_call_id: id, content: 'sun' }],
  })
  expect(assembleWhole(second.body)[0]).toMatchObject({ content: 'Sunny.', finish_reason: 'stop' })
  expect(lastMessages()).toMatchObject([
    { role: 'user', content: 'Hello' },
    { role: 'assistant', tool_calls: [{ id: 'e1' }] },
    { role: 'tool', tool_call_id: 'e1', content: 'first' },
    { role: 'assistant', content: 'And the weather?', tool_calls: [{ id: 'e2' }, { id: 'w1' }] },
    { role: 'tool', tool_call_id: 'e2', content: 'second' },
    { role: 'tool', tool_call_id: 'w1', content: 'sun' },
  ])
})
