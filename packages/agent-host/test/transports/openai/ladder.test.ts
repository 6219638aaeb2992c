import { describe, expect, test } from 'vitest'
import { assembleStream, assembleWhole } from '../../support/chat-stream.ts'
import type { FakeModelServerOptions } from '../../support/fake-model-server.ts'
import { type OpenedProxy, openProxy } from '../../support/open-proxy.ts'

const echo = { name: 'echo', description: 'Says it.', parameters: { type: 'object', properties: { text: {} } } }
const tools = [{ type: 'function', function: { ...echo, strict: true } }]
const call = { name: 'echo', arguments: '{"text":"안녕"}' }
const hermes = `<tool_call>{"name": "echo", "arguments": ${call.arguments}}</tool_call>`
const qwen = 'Qwen/Qwen2.5-7B-Instruct'
const history = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: 'Say hello.' },
  { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: call }] },
  { role: 'tool', tool_call_id: 'call_1', content: '안녕' },
]
const oldHistory = [
  { role: 'user', content: 'Say hello.' },
  { role: 'assistant', content: null, function_call: call },
  { role: 'function', name: 'echo', content: '안녕' },
]

async function chat(proxied: OpenedProxy, body: object, streamed = false) {
  const request = { model: qwen, messages: [{ role: 'user', content: 'Hi' }], stream: streamed, ...body }
  const response = await proxied.post('/v1/chat/completions', request)
  const text = await response.text()
  if (response.status !== 200) return { status: response.status, error: JSON.parse(text) as unknown, choices: [] }
  return { status: 200, choices: streamed ? assembleStream(text).choices : assembleWhole(JSON.parse(text)) }
}

const open = (options: FakeModelServerOptions = {}) => openProxy({ models: [qwen], ...options })

describe.each([false, true])('a server that answers 500 to tools, streamed: %s', (streamed) => {
  test('is given functions, and its function_call comes back as a tool call', async () => {
    await using proxied = await open({ refuse: { tools: 500 }, rendersTools: 'functions' })
    const { fake } = proxied
    fake.script({ text: 'probe', times: 2 }, { functionCall: call, times: 9 })
    const body = { tools, messages: history, tool_choice: 'auto' }
    const { choices } = await chat(proxied, body, streamed)
    expect(choices).toMatchObject([
      { tool_calls: [{ ...call, id: expect.stringMatching(/^call_/) as string }], finish_reason: 'tool_calls' },
    ])
    const last = fake.chats.at(-1)?.body
    expect(last).toMatchObject({ functions: [echo] })
    expect(last).not.toHaveProperty('tools')
    expect(last).not.toHaveProperty('tool_choice')
    expect(last?.messages?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'function'])
    await chat(proxied, body, streamed)
    expect(fake.chats.map(({ status }) => status)).toEqual([500, 200, 200, 200, 200])
  })

  test('and ignores functions has the tools taught, at once', async () => {
    await using proxied = await open({ refuse: { tools: 500 }, rendersTools: 'none' })
    const { fake } = proxied
    fake.script({ text: 'probe', times: 2 }, { text: hermes, split: 4, times: 9 })
    const { choices } = await chat(proxied, { tools, messages: history }, streamed)
    expect(choices).toMatchObject([{ tool_calls: [call], finish_reason: 'tool_calls' }])
    const last = fake.chats.at(-1)?.body
    expect(last).not.toHaveProperty('functions')
    const [system, , assistant, result] = last?.messages ?? []
    expect(system?.content).toMatch(/^Be kind\.[^]*"name":"echo"/)
    expect(assistant?.content).toContain('<tool_call>')
    expect(result).toMatchObject({ role: 'user', content: expect.stringContaining('안녕') as string })
  })
})

test('a server that refuses tools and functions has them taught, and that is remembered and shown', async () => {
  await using proxied = await open({ refuse: { tools: 500, functions: true } })
  const { fake } = proxied
  fake.script({ text: hermes, times: 9 })
  expect((await chat(proxied, { tools })).choices).toMatchObject([{ tool_calls: [call] }])
  await chat(proxied, { tools })
  expect(fake.chats.at(-1)?.body).not.toHaveProperty('tools')
  expect(fake.chats.filter(({ status }) => status === 500)).toHaveLength(1)
  const models = (await (await fetch(`${proxied.url}/v1/models`)).json()) as { data: unknown[] }
  expect(models.data).toMatchObject([
    { id: qwen, max_model_len: 32_768, agent_host: { rung: 'prompt', evidence: { prompt: true } } },
  ])
  const one = await fetch(`${proxied.url}/v1/models/${qwen}`)
  expect(await one.json()).toMatchObject({ id: qwen, agent_host: { rung: 'prompt' } })
})

test.each([
  ['the context length', 400, "This model's maximum context length is 4096 tokens."],
  ['a bad schema', 400, 'Invalid schema for function "echo": unsupported keyword'],
  ['the rate', 429, 'Rate limit reached'],
])('a refusal for %s is told as it is, and moves nothing', async (_name, status, message) => {
  await using proxied = await open()
  proxied.fake.script({ status, message, headers: { 'retry-after': '7' } })
  const answer = await chat(proxied, { tools })
  expect(answer).toMatchObject({ status, error: { error: { message } } })
  expect(proxied.fake.chats).toHaveLength(1)
})

describe('an old client', () => {
  test('is answered in its own form by a server that knows tools', async () => {
    await using proxied = await open({ refuse: { functions: true, functionRole: true } })
    proxied.fake.script({ toolCalls: [call], splitArguments: 3, times: 1 }, { text: hermes, split: 4 })
    const body = { functions: [echo], function_call: 'auto', messages: oldHistory }
    for (const streamed of [true, false]) {
      const { choices } = await chat(proxied, body, streamed)
      expect(choices).toMatchObject([{ function_call: call, tool_calls: [], finish_reason: 'function_call' }])
    }
    const sent = proxied.fake.chats[0]?.body
    expect(sent).toMatchObject({ tools: [{ type: 'function', function: echo }], parallel_tool_calls: false })
    expect(sent?.messages?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
    expect(sent).not.toHaveProperty('function_call')
  })

  test('passes through to a server that knows functions alone', async () => {
    await using proxied = await open({ refuse: { tools: 500 }, rendersTools: 'functions' })
    proxied.fake.script({ text: 'probe', times: 2 }, { functionCall: call })
    const body = { functions: [echo], function_call: { name: 'echo' }, messages: oldHistory }
    const { choices } = await chat(proxied, { ...body, function_call: 'auto' })
    expect(choices).toMatchObject([{ function_call: call, finish_reason: 'function_call' }])
    expect(proxied.fake.chats.at(-1)?.body).toMatchObject({ functions: [echo], messages: oldHistory })
  })
})

test('tools of another kind pass with everything that belongs to them', async () => {
  await using proxied = await open()
  const body = {
    tools: [{ type: 'custom', custom: { name: 'shell' } }],
    tool_choice: 'auto',
    parallel_tool_calls: true,
  }
  await chat(proxied, body)
  expect(proxied.fake.chats[0]?.body).toMatchObject(body)
})

test('a server that does not count tokens is asked once whether functions reach the model, and then believed', async () => {
  await using proxied = await open({ refuse: { tools: 500 } })
  const raw = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`
  proxied.fake.script({ raw }, { text: 'Hi.', times: 9 })
  for (const _ of [1, 2]) expect((await chat(proxied, { tools })).choices).toMatchObject([{ content: 'Hi.' }])
  // Refused, asked, answered; refused, answered.
  expect(proxied.fake.chats.map(({ body }) => 'functions' in body)).toEqual([false, true, true, false, true])
})

describe('what servers answer 400 to is repaired:', () => {
  const hi = { role: 'user', content: 'Hi' }
  test.each([
    ['no tools at all', { emptyTools: true }, { tools: [], tool_choice: 'auto' }],
    ['a developer message', { developer: true }, { messages: [{ role: 'developer', content: 'Be kind.' }, hi] }],
    [
      'two system messages',
      { secondSystem: true },
      { messages: [{ role: 'system', content: 'a' }, { role: 'system', content: 'b' }, hi] },
    ],
    ['a late system message', { lateSystem: true }, { messages: [hi, { role: 'system', content: 'a' }] }],
    [
      'null content',
      { nullContent: true },
      { tools, messages: [hi, { role: 'assistant', content: null, tool_calls: history[2]?.tool_calls }, history[3]] },
    ],
    ['turns that do not alternate', { alternation: true }, { messages: [hi, hi] }],
    [
      'a system message where there is no such role',
      { system: true },
      { messages: [{ role: 'system', content: 'a' }, hi] },
    ],
    ['the tool role', { toolRole: true }, { tools, messages: history }],
    ['options of a stream that is none', {}, { stream_options: { include_usage: true } }],
    ['an empty list of calls', {}, { messages: [hi, { role: 'assistant', content: 'a', tool_calls: [] }, hi] }],
  ] as const)('%s', async (_name, refuse, body) => {
    await using proxied = await open({ refuse })
    const { status, choices } = await chat(proxied, body)
    expect([status, choices]).toMatchObject([200, [{ content: 'Hello.' }]])
    const sent = proxied.fake.chats.at(-1)?.body
    expect(sent).not.toHaveProperty('stream_options')
    expect(JSON.stringify(sent)).not.toContain('"tool_calls":[]')
    const before = proxied.fake.chats.length
    await chat(proxied, body)
    expect(proxied.fake.chats).toHaveLength(before + 1)
  })
})
