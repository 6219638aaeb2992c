import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkingFetch } from '../../../support/checking-fetch.ts'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'
import { createStreamChecker, type StreamedEvent } from '../../../support/response-stream-checker.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
let service: OpenedService
let client: OpenAI

beforeAll(() => {
  bench = createWorkbench()
})
afterAll(() => bench[Symbol.dispose]())
beforeEach(async () => {
  fake = await startFakeModelServer({ models: ['m'] })
  service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
  client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: checkingFetch })
})
afterEach(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
})

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming

async function stream(params: Params): Promise<{ events: StreamedEvent[]; response: OpenAI.Responses.Response }> {
  const checker = createStreamChecker()
  const events: StreamedEvent[] = []
  for await (const event of await client.responses.create({ ...params, stream: true })) {
    const streamed = event as unknown as StreamedEvent
    checker.add(streamed)
    events.push(streamed)
  }
  return { events, response: checker.end() as unknown as OpenAI.Responses.Response }
}

const weather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: null,
}
const callWeather = { toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: '{"city":"서울"}' }] }
const sent = (): Record<string, unknown>[] => fake.chats.at(-1)?.body.messages ?? []

describe('an answer', () => {
  test('has its text and every key, and is found again', async () => {
    fake.script({ text: 'Hello.' })
    const response = await client.responses.create({ model: 'm', input: 'Hi', instructions: 'Be brief.' })
    expect(response).toMatchObject({
      status: 'completed',
      output_text: 'Hello.',
      model: 'm',
      instructions: 'Be brief.',
    })
    expect(response.usage?.total_tokens).toBeGreaterThan(0)
    expect(sent()).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ])
    const found = await client.responses.retrieve(response.id)
    expect(found).toEqual(response)
    const items = await client.responses.inputItems.list(response.id)
    expect(items.data).toMatchObject([{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }])
  })

  test('streams in an order that clients understand', async () => {
    fake.script({ reasoning: 'Hm.', text: 'Hello there.', split: 3 })
    const { response, events } = await stream({ model: 'm', input: 'Hi' })
    expect(response.output).toMatchObject([{ type: 'reasoning' }, { content: [{ text: 'Hello there.' }] }])
    expect(events.filter(({ type }) => type === 'response.output_text.delta')).toHaveLength(4)
  })

  test('is gone once it is deleted', async () => {
    fake.script({ text: 'Hello.' })
    const { id } = await client.responses.create({ model: 'm', input: 'Hi' })
    await client.responses.delete(id)
    await expect(client.responses.retrieve(id)).rejects.toThrow('There is no response')
  })
})

describe('a call of the client', () => {
  test('keeps its place in the conversation by previous_response_id', async () => {
    fake.script(callWeather, { text: '맑음.' })
    const first = await client.responses.create({ model: 'm', input: '서울 날씨 어때?', tools: [weather] })
    expect(first.output).toMatchObject([{ type: 'function_call', call_id: 'call_1', arguments: '{"city":"서울"}' }])
    const second = await client.responses.create({
      model: 'm',
      previous_response_id: first.id,
      tools: [weather],
      input: [{ type: 'function_call_output', call_id: 'call_1', output: '맑음, 21도' }],
    })
    expect(second.output_text).toBe('맑음.')
    expect(sent()).toMatchObject([
      { role: 'user', content: '서울 날씨 어때?' },
      { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'get_weather' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: '맑음, 21도' },
    ])
  })

  test('works the same where the client keeps the conversation', async () => {
    fake.script(callWeather, { text: '맑음.' })
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: '서울 날씨 어때?' }]
    const first = await client.responses.create({ model: 'm', store: false, input, tools: [weather] })
    await expect(client.responses.retrieve(first.id)).rejects.toThrow('There is no response')
    const second = await client.responses.create({
      model: 'm',
      store: false,
      tools: [weather],
      input: [
        ...input,
        ...(first.output as OpenAI.Responses.ResponseInput),
        { type: 'function_call_output', call_id: 'call_1', output: '맑음' },
      ],
    })
    expect(second.output_text).toBe('맑음.')
    expect(sent().map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
  })

  test('may be to a custom tool or to one in a namespace', async () => {
    fake.script({
      toolCalls: [
        { id: 'a', name: 'apply_patch', arguments: { input: '*** Begin Patch' } },
        { id: 'b', name: 'run', arguments: { cmd: 'ls' } },
      ],
    })
    const { response } = await stream({
      model: 'm',
      input: 'Patch it',
      tools: [
        { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
        { type: 'namespace', name: 'shell', description: 'A shell', tools: [{ type: 'function', name: 'run' }] },
      ],
    })
    expect(response.output).toMatchObject([
      { type: 'custom_tool_call', call_id: 'a', name: 'apply_patch', input: '*** Begin Patch' },
      { type: 'function_call', call_id: 'b', name: 'run', namespace: 'shell' },
    ])
  })
})

describe('tool_choice', () => {
  const other: OpenAI.Responses.FunctionTool = { ...weather, name: 'get_tides' }
  const ask = (choice: NonNullable<Params['tool_choice']>): Promise<OpenAI.Responses.Response> =>
    client.responses.create({ model: 'm', input: 'Hi', tools: [weather, other], tool_choice: choice })
  const named = { type: 'function' as const, name: 'get_weather' }

  test('is demanded of a server that takes it', async () => {
    fake.script(callWeather, callWeather, { text: 'Hi.' }, { text: 'Hi.' })
    await ask(named)
    await ask('required')
    await ask('none')
    await ask({ type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'get_tides' }] })
    expect(fake.chats.map(({ body }) => body.tool_choice)).toEqual([
      { type: 'function', function: { name: 'get_weather' } },
      'required',
      undefined,
      undefined,
    ])
    expect(fake.chats[2]?.body).not.toHaveProperty('tools')
    expect(JSON.stringify(fake.chats[3]?.body.tools)).not.toContain('get_weather')
  })

  test('is demanded in words of one that takes no tools', async () => {
    await using refusing = await startFakeModelServer({ models: ['m'], refuse: { tools: 500, functions: 400 } })
    await using plain = await openService({ baseUrl: refusing.url, mcpConfig: bench.mcpConfig })
    refusing.script({ text: 'Action: get_weather\nAction Input: {"city":"서울"}' })
    const talking = new OpenAI({ baseURL: `${plain.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: checkingFetch })
    const response = await talking.responses.create({
      model: 'm',
      input: 'Hi',
      tools: [weather, other],
      tool_choice: named,
    })
    expect(response.output).toMatchObject([{ type: 'function_call', name: 'get_weather' }])
    const said = JSON.stringify(refusing.chats.at(-1)?.body.messages)
    expect(said).toContain('You must call the function get_weather now')
    expect(said).not.toContain('get_tides')
  })
})

describe('an MCP tool', () => {
  const tools: OpenAI.Responses.Tool[] = [
    { type: 'mcp', server_label: 'test', allowed_tools: ['echo'], require_approval: 'never' },
  ]
  const callEcho = { toolCalls: [{ id: 'call_1', name: 'echo', arguments: { text: '안녕' } }] }

  test('runs here, and the answer shows it', async () => {
    fake.script(callEcho, { text: 'It said 안녕.' })
    const { response } = await stream({ model: 'm', input: 'Echo', tools })
    expect(response.output).toMatchObject([
      { type: 'mcp_list_tools', server_label: 'test', tools: [{ name: 'echo' }] },
      { type: 'mcp_call', name: 'echo', server_label: 'test', output: '안녕' },
      { type: 'message' },
    ])
  })

  test('waits for an approval, and runs with it', async () => {
    fake.script(callEcho, { text: 'It said 안녕.' })
    const asking = tools.map((tool) => ({ ...tool, require_approval: 'always' as const })) as OpenAI.Responses.Tool[]
    const first = await client.responses.create({ model: 'm', input: 'Echo', tools: asking })
    const request = first.output.find(({ type }) => type === 'mcp_approval_request')
    expect(request).toMatchObject({ name: 'echo', arguments: '{"text":"안녕"}' })
    const { response } = await stream({
      model: 'm',
      previous_response_id: first.id,
      tools: asking,
      input: [{ type: 'mcp_approval_response', approval_request_id: request?.id ?? '', approve: true }],
    })
    expect(response.output.slice(1)).toMatchObject([
      { type: 'mcp_call', output: '안녕', approval_request_id: request?.id },
      { type: 'message' },
    ])
  })

  test('is not run where the client says no, and the model is told', async () => {
    fake.script(callEcho, { text: 'As you like.' })
    const asking = tools.map((tool) => ({ ...tool, require_approval: 'always' as const })) as OpenAI.Responses.Tool[]
    const first = await client.responses.create({ model: 'm', input: 'Echo', tools: asking })
    const request = first.output.find(({ type }) => type === 'mcp_approval_request')
    const second = await client.responses.create({
      model: 'm',
      previous_response_id: first.id,
      input: [
        { type: 'mcp_approval_response', approval_request_id: request?.id ?? '', approve: false, reason: 'too loud' },
      ],
    })
    expect(second.output_text).toBe('As you like.')
    expect(sent().at(-1)).toMatchObject({ role: 'tool', content: expect.stringContaining('too loud') as string })
  })
})

test('tools that are hosted elsewhere are left out, visibly', async () => {
  fake.script({ text: 'Hi.' })
  const response = await client.responses.create({ model: 'm', input: 'Hi', tools: [{ type: 'web_search' }] })
  expect(response.output).toMatchObject([
    { type: 'reasoning', summary: [{ text: expect.stringContaining('web_search') as string }] },
    { type: 'message' },
  ])
  expect(fake.chats.at(-1)?.body).not.toHaveProperty('tools')
})

describe('in the background', () => {
  test('a response goes on by itself, and its stream is picked up anywhere', async () => {
    fake.script({ text: 'Hello there.', split: 3 })
    const begun = await client.responses.create({ model: 'm', input: 'Hi', background: true })
    expect(['queued', 'in_progress']).toContain(begun.status)
    const events: StreamedEvent[] = []
    for await (const event of await client.responses.retrieve(begun.id, { stream: true })) {
      events.push(event as unknown as StreamedEvent)
    }
    expect(events.at(-1)?.type).toBe('response.completed')
    const rest: StreamedEvent[] = []
    for await (const event of await client.responses.retrieve(begun.id, { stream: true, starting_after: 3 })) {
      rest.push(event as unknown as StreamedEvent)
    }
    expect(rest).toEqual(events.slice(4))
    expect((await client.responses.retrieve(begun.id)).output_text).toBe('Hello there.')
  })

  test('a response is cancelled', async () => {
    fake.script({ text: 'Never.', fault: { kind: 'stall', after: 1 } })
    const begun = await client.responses.create({ model: 'm', input: 'Hi', background: true })
    await fake.received(1)
    expect((await client.responses.cancel(begun.id)).status).toBe('cancelled')
  })
})

test('a client that leaves a stream ends the run, and the model server is let go', async () => {
  fake.script({ text: 'Never.', fault: { kind: 'stall', after: 1 } })
  const events = await client.responses.create({ model: 'm', input: 'Hi', stream: true })
  const { closed } = await fake.received(1)
  for await (const event of events) if (event.type === 'response.in_progress') break
  await expect(closed).resolves.toBeUndefined()
})

test.each<[string, Params, string, string]>([
  [
    'an unknown response',
    { previous_response_id: 'resp_nope', input: 'x' },
    'There is no response',
    'previous_response_id',
  ],
  [
    'a result without a call',
    { input: [{ type: 'function_call_output', call_id: 'x', output: '' }] },
    'no call with the id "x"',
    'input[0].call_id',
  ],
  ['an unknown item', { input: [{ type: 'nonsense' }] as never }, 'no item of the type "nonsense"', 'input[0].type'],
  [
    'a bad tool',
    { input: 'x', tools: [{ type: 'function', name: 'a b' }] as never },
    'must be a name',
    'tools[0].name',
  ],
  [
    'an unknown MCP server',
    { input: 'x', tools: [{ type: 'mcp', server_label: 'nope' }] },
    'there are: test',
    'tools[0].server_label',
  ],
  ['a bad field', { input: 'x', temperature: 9 }, 'temperature', 'temperature'],
])('%s is refused with the place of it, before anything is sent', async (_name, params, words, param) => {
  const failing = client.responses.create({ model: 'm', ...params })
  await expect(failing).rejects.toMatchObject({ message: expect.stringContaining(words) as string, param })
  expect(fake.chats).toEqual([])
})

test('a model server that fails makes a failed response', async () => {
  fake.script({ status: 500, message: 'out of memory', times: 9 })
  const { response } = await stream({ model: 'm', input: 'Hi' })
  expect(response).toMatchObject({ status: 'failed', error: { code: 'server_error' } })
})
