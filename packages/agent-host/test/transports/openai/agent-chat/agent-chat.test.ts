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

describe('client tools', () => {
  async function callAndAnswer(tools: unknown[], more: object = {}): Promise<Record<string, unknown>[]> {
    const { body } = await post({ tools, ...more })
    const { message } = (body.choices as { message: { tool_calls: { id: string }[] } }[])[0] ?? {}
    const results =
      message?.tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: `for ${id}` })) ?? []
    return [...hello, { ...message }, ...results]
  }

  test('stand before tools here with the same name', async () => {
    fake.script({ toolCalls: [callEcho('x')] })
    const echo = { type: 'function', function: { name: 'echo', description: 'mine', parameters: { type: 'object' } } }
    const { body } = await post({ tools: [echo] })
    expect(assembleWhole(body)[0]).toMatchObject({ finish_reason: 'tool_calls', tool_calls: [{ name: 'echo' }] })
    const offered = fake.chats[0]?.body.tools as { function: { name: string; description?: string } }[]
    expect(offered.filter((tool) => tool.function.name === 'echo')).toEqual([echo])
    expect(offered.map((tool) => tool.function.name)).toContain('fail')
  })

  test('keep their ids apart from those of other conversations', async () => {
    const script = [{ toolCalls: [callEcho('for one')] }, { toolCalls: [callWeather] }]
    fake.script(
      ...script,
      { toolCalls: [callEcho('for two')] },
      { toolCalls: [callWeather] },
      { text: 'Yes.' },
      { text: 'No.' },
    )
    const one = await callAndAnswer([weather])
    const two = await callAndAnswer([weather])
    await post({ tools: [weather], messages: one })
    expect(JSON.stringify(lastMessages())).toContain('for one')
    expect(JSON.stringify(lastMessages())).not.toContain('for two')
    await post({ tools: [weather], messages: two })
    expect(JSON.stringify(lastMessages())).not.toContain('for one')
  })

  test('go on over several calls, and later in the conversation', async () => {
    fake.script({ toolCalls: [callEcho('a')] }, { toolCalls: [callWeather] })
    const first = await callAndAnswer([weather])
    fake.script({ toolCalls: [callEcho('b', 'e2')] }, { toolCalls: [{ ...callWeather, id: 'w2' }] })
    const second = await callAndAnswer([weather], { messages: first })
    fake.script({ text: 'Sunny.' })
    await post({
      tools: [weather],
      messages: [...first, ...second.slice(1), { role: 'assistant', content: 'Sunny.' }, ...hello],
    })
    expect(lastMessages().map((message) => (message as { role: string }).role)).toEqual([
      'user',
      ...['assistant', 'tool', 'assistant', 'tool'],
      ...['assistant', 'tool', 'assistant', 'tool'],
      'assistant',
      'user',
    ])
  })

  test('whose calls come back one by one bring their steps back once', async () => {
    fake.script(
      { toolCalls: [callEcho('a')] },
      { text: 'Both.', toolCalls: [callWeather, { ...callWeather, id: 'w2' }] },
      { text: 'Ok.' },
    )
    const [user, message, ...results] = await callAndAnswer([weather])
    const calls = message?.tool_calls as unknown[]
    const apart = calls.flatMap((call, i) => [{ role: 'assistant', content: null, tool_calls: [call] }, results[i]])
    await post({ tools: [weather], messages: [user, ...apart] })
    expect(lastMessages()).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'e1' }] },
      { role: 'tool', tool_call_id: 'e1' },
      { role: 'assistant', content: 'Both.', tool_calls: [{ id: 'w1' }, { id: 'w2' }] },
      { role: 'tool', tool_call_id: 'w1', content: expect.stringMatching(/^for call_/) as string },
      { role: 'tool', tool_call_id: 'w2' },
    ])
  })

  test('go on with what the client saw where the steps are not kept any more', async () => {
    fake.script({ text: 'Ok.' })
    const call = { id: 'call_gone', type: 'function', function: { name: 'weather', arguments: '{}' } }
    const said = { role: 'assistant', content: 'Look:', reasoning: '> echo {}', tool_calls: [call] }
    const { status } = await post({
      tools: [weather],
      messages: [...hello, said, { role: 'tool', tool_call_id: 'call_gone', content: 'sun' }],
    })
    expect(status).toBe(200)
    expect(lastMessages()).toEqual([
      ...hello,
      { role: 'assistant', content: 'Look:', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_gone', content: 'sun' },
    ])
  })

  test('that nobody answered are told to the model as not made', async () => {
    fake.script({ toolCalls: [callWeather] }, { text: 'Ok.' })
    const [user, message] = await callAndAnswer([weather])
    await post({ messages: [user, message, { role: 'user', content: 'Never mind.' }] })
    expect(lastMessages().slice(-2)).toEqual([
      { role: 'tool', tool_call_id: 'w1', content: expect.stringMatching(/not made/) as string },
      { role: 'user', content: 'Never mind.' },
    ])
  })
})

describe('tool activity', () => {
  const script = [{ toolCalls: [callEcho('hi')] }, { text: 'Done.' }]

  test('can be calls with their results, which a later request brings back', async () => {
    fake.script(...script, ...script, { text: 'Again.' })
    const agent = { tool_activity: 'tool_calls' }
    const { body } = await post({ agent })
    const { message, finish_reason } =
      (body.choices as { message: Record<string, unknown>; finish_reason: string }[])[0] ?? {}
    expect(finish_reason).toBe('stop')
    expect(message).toMatchObject({
      content: 'Done.',
      tool_calls: [
        {
          type: 'function',
          function: { name: 'echo', arguments: '{"text":"hi"}' },
          result: { content: 'hi', is_error: false, duration_ms: expect.any(Number) as number },
        },
      ],
    })
    expect(message).not.toHaveProperty('reasoning')
    const streamed = assembleStream((await post({ agent, stream: true })).text)
    expect(streamed.choices).toMatchObject([
      { content: 'Done.', tool_calls: [{ name: 'echo', arguments: '{"text":"hi"}' }] },
    ])

    await post({ messages: [...hello, message, ...hello] })
    const steps = [
      { role: 'assistant', tool_calls: [{ id: 'e1' }] },
      { role: 'tool', tool_call_id: 'e1', content: 'hi' },
    ]
    expect(lastMessages()).toMatchObject([...hello, ...steps, { role: 'assistant', content: 'Done.' }, ...hello])
  })

  test('as calls with results says enough even where the steps are not kept', async () => {
    fake.script({ text: 'Ok.' })
    const made = { id: 'gone', type: 'function', function: { name: 'echo', arguments: '{}' } }
    const result = { content: 'hi', is_error: false }
    const said = { role: 'assistant', content: 'Done.', tool_calls: [{ ...made, result }] }
    await post({ messages: [...hello, said, ...hello] })
    expect(lastMessages()).toEqual([
      ...hello,
      { role: 'assistant', content: expect.anything() as unknown, tool_calls: [made] },
      { role: 'tool', tool_call_id: 'gone', content: 'hi' },
      { role: 'assistant', content: 'Done.' },
      ...hello,
    ])
  })

  test('can be none, by the service or by the request', async () => {
    await using quiet = await openService({
      baseUrl: fake.url,
      model: 'm',
      mcpConfig: bench.mcpConfig,
      toolActivity: 'none',
    })
    const ask = async (url: string, more: object): Promise<unknown> => {
      fake.script(...script)
      const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
      const response = await fetch(`${url}/v1/chat/completions`, {
        ...init,
        body: JSON.stringify({ model: 'agent', messages: hello, ...more }),
      })
      return (await response.json()) as unknown
    }
    const messageOf = (body: unknown): unknown => (body as { choices: { message: unknown }[] }).choices[0]?.message
    const plain = { role: 'assistant', content: 'Done.', refusal: null }
    expect(messageOf(await ask(quiet.url, {}))).toEqual(plain)
    expect(messageOf(await ask(service.url, { agent: { tool_activity: 'none' } }))).toEqual(plain)
    const shown = messageOf(await ask(quiet.url, { agent: { tool_activity: 'reasoning' } }))
    expect(shown).toMatchObject({ reasoning: '> echo {"text":"hi"}\n< echo: hi\n' })
  })
})

describe('what the model server is sent', () => {
  test("the service's instructions before the request's own, and every other parameter as it is", async () => {
    const system = { role: 'system', content: 'Be a pirate.' }
    await post({
      messages: [system, ...hello],
      top_k: 5,
      seed: 7,
      max_completion_tokens: 9,
      metadata: { a: 'b' },
      store: true,
    })
    const { body } = fake.chats[0] ?? {}
    expect(body?.messages?.[0]).toMatchObject({
      role: 'system',
      content: expect.stringMatching(/^Be kind\.[^]*Be a pirate\.$/) as string,
    })
    expect(body).toMatchObject({ model: 'm', top_k: 5, seed: 7, max_tokens: 9 })
    for (const own of ['agent', 'metadata', 'store', 'max_completion_tokens', 'n']) expect(body).not.toHaveProperty(own)
  })

  test('no tools under tool_choice none, and a demanded call only once', async () => {
    await post({ tool_choice: 'none', tools: [weather] })
    expect(fake.chats[0]?.body).not.toHaveProperty('tools')
    fake.script({ toolCalls: [callEcho('x')] }, { text: 'Done.' })
    await post({ tool_choice: { type: 'function', function: { name: 'echo' } } })
    expect(fake.chats.slice(1).map(({ body }) => body.tool_choice)).toEqual([
      { type: 'function', function: { name: 'echo' } },
      undefined,
    ])
  })

  test('JSON that was asked for is the answer and no call, and alone in the content', async () => {
    const text = '{"name": "echo", "arguments": {"text": "x"}}'
    fake.script({ text: 'One moment.', toolCalls: [callEcho('x')] }, { text })
    const { body } = await post({ response_format: { type: 'json_object' } })
    expect(assembleWhole(body)[0]).toMatchObject({ content: text, finish_reason: 'stop' })
  })
})

describe('failures', () => {
  test.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'narrator', content: 'x' }] }, 'messages'],
    [{ n: 2 }, 'n'],
    [{ functions: [] }, 'functions'],
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].type'],
    [{ tools: [weather, weather] }, 'tools[1].function.name'],
    [{ agent: { tool_activity: 'loud' } }, 'agent.tool_activity'],
    [{ temperature: 3 }, 'temperature'],
  ])('%j is refused, and names the field', async (more, param) => {
    const { status, body } = await post(more)
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: { type: 'invalid_request_error', param, code: 'invalid_request' } })
    expect(fake.chats).toEqual([])
  })

  test.each([
    [400, 400, 'the prompt is too long'],
    [429, 429, 'slow down'],
    [401, 502, 'no key'],
    [500, 502, 'out of memory'],
  ])('a %i of the model server before it said anything is a %i', async (given, told, message) => {
    for (const stream of [true, false]) {
      fake.script({ status: given, message, times: 10 })
      const { status, body } = await post({ stream })
      expect(status).toBe(told)
      const error = { message: expect.stringContaining(message) as string, code: 'model_failed' }
      expect(body).toMatchObject({ error })
    }
  })

  test('a tool that a person has to approve cannot run, which is said', async () => {
    await using asking = await openService({
      baseUrl: fake.url,
      model: 'm',
      mcpConfig: bench.mcpConfig,
      approvals: { echo: 'ask' },
    })
    fake.script({ toolCalls: [callEcho('x')] })
    const client = new OpenAI({ baseURL: `${asking.url}/v1`, apiKey: 'k', maxRetries: 0 })
    const answer = client.chat.completions.create({ model: 'agent', messages: [{ role: 'user', content: 'Hi' }] })
    await expect(answer).rejects.toThrow('501 echo runs only once a person has approved it')
  })

  test('in the middle of a stream are an error event, and what had arrived stays', async () => {
    fake.script({ toolCalls: [callEcho('x')] }, { text: 'a long answer', split: 1, fault: { kind: 'drop', after: 4 } })
    const { status, text } = await post({ stream: true })
    const stream = assembleStream(text)
    expect(status).toBe(200)
    expect(stream.choices[0]?.content).toMatch(/^a l/)
    expect(stream.choices[0]?.finish_reason).toBeNull()
    expect(stream.error).toMatchObject({ type: 'upstream_error' })
    expect(stream.done).toBe(true)
  })

  test('a run that made as many turns as it may is cut short, and says why', async () => {
    await using short = await openService({ baseUrl: fake.url, model: 'm', mcpConfig: bench.mcpConfig, maxSteps: 1 })
    fake.script({ text: 'Let me see.', toolCalls: [callEcho('x')] })
    const client = new OpenAI({ baseURL: `${short.url}/v1`, apiKey: 'k' })
    const answer = await client.chat.completions.create({ model: 'agent', messages: [{ role: 'user', content: 'Hi' }] })
    expect(answer).toMatchObject({
      choices: [{ finish_reason: 'length', message: { content: 'Let me see.' } }],
      agent_host: { run_end: 'step-limit', steps: 1 },
    })
  })

  test.each([true, false])('a client that leaves ends the run at the model server (stream: %s)', async (stream) => {
    fake.script({ text: 'a long answer', split: 1, fault: { kind: 'stall', after: 3 } })
    const client = new AbortController()
    const answer = fetch(`${service.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'agent', messages: hello, stream }),
      signal: client.signal,
    }).then((response) => response.text())
    const upstream = await fake.received(fake.requests.length + 1)
    client.abort()
    await expect(answer).rejects.toThrow('aborted')
    await upstream.closed
    expect(upstream.aborted).toBe(true)
  })
})

describe('the list of models', () => {
  const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${service.url}/v1${path}`)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  test('has the agent, by itself and with each model, after the models', async () => {
    const { body } = await get('/models')
    const data = body.data as { id: string; owned_by: string }[]
    expect(data.map(({ id }) => id)).toEqual(['m', 'other', 'agent', 'agent/m', 'agent/other'])
    expect(data.at(-1)).toMatchObject({ object: 'model', owned_by: 'agent-host' })
  })

  test('knows each of them by its id', async () => {
    for (const id of ['agent', 'agent/other']) {
      expect(await get(`/models/${id}`)).toMatchObject({ status: 200, body: { id, owned_by: 'agent-host' } })
    }
    expect((await get('/models/agent/nothing')).status).toBe(404)
  })

  test('leaves other models to the model server, whatever else a request says of agents', async () => {
    const { body } = await post({ model: 'm', messages: [{ role: 'user', content: 'the "agent"' }] })
    expect(body).toMatchObject({ model: 'm' })
    expect(fake.chats[0]?.body.messages).toEqual([{ role: 'user', content: 'the "agent"' }])
  })
})
