import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { assembleStream, assembleWhole } from '../../../support/chat-stream.ts'
import { callEcho, hello, useAgent, weather } from './use-agent.ts'

const agent = useAgent()

describe('a chat completion of the model "agent"', () => {
  const script = [
    { text: 'Let me see.', reasoning: 'I need it.', toolCalls: [callEcho('안녕 😀')] },
    { text: 'It says 안녕.' },
  ]

  test('runs tools here and answers, streamed as whole', async () => {
    agent.fake.script(...script, ...script)
    const whole = await agent.post({})
    const streamed = assembleStream((await agent.post({ stream: true, stream_options: { include_usage: true } })).text)
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
  agent.fake.script({ toolCalls: [callEcho('x')] }, { text: 'Done.' })
  const client = new OpenAI({ baseURL: `${agent.url}/v1`, apiKey: 'k' })
  const stream = client.chat.completions.stream({ model: 'agent/other', messages: [{ role: 'user', content: 'Hi' }] })
  const { choices } = await stream.finalChatCompletion()
  expect(choices[0]?.message.content).toBe('Done.')
  expect(agent.fake.chats.map(({ body }) => body.model)).toEqual(['other', 'other'])
})

describe('what the model server is sent', () => {
  test("the service's instructions before the request's own, and every other parameter as it is", async () => {
    const system = { role: 'system', content: 'Be a pirate.' }
    await agent.post({
      messages: [system, ...hello],
      top_k: 5,
      seed: 7,
      max_completion_tokens: 9,
      metadata: { a: 'b' },
      store: true,
    })
    const { body } = agent.fake.chats[0] ?? {}
    expect(body?.messages?.[0]).toMatchObject({
      role: 'system',
      content: expect.stringMatching(/^Be kind\.[^]*Be a pirate\.$/) as string,
    })
    expect(body).toMatchObject({ model: 'm', top_k: 5, seed: 7, max_tokens: 9 })
    for (const own of ['agent', 'metadata', 'store', 'max_completion_tokens', 'n']) expect(body).not.toHaveProperty(own)
  })

  test('no tools under tool_choice none, and a demanded call only once', async () => {
    await agent.post({ tool_choice: 'none', tools: [weather] })
    expect(agent.fake.chats[0]?.body).not.toHaveProperty('tools')
    agent.fake.script({ toolCalls: [callEcho('x')] }, { text: 'Done.' })
    await agent.post({ tool_choice: { type: 'function', function: { name: 'echo' } } })
    expect(agent.fake.chats.slice(1).map(({ body }) => body.tool_choice)).toEqual([
      { type: 'function', function: { name: 'echo' } },
      undefined,
    ])
  })

  test('JSON that was asked for is the answer and no call, and alone in the content', async () => {
    const text = '{"name": "echo", "arguments": {"text": "x"}}'
    agent.fake.script({ text: 'One moment.', toolCalls: [callEcho('x')] }, { text })
    const { body } = await agent.post({ response_format: { type: 'json_object' } })
    expect(assembleWhole(body)[0]).toMatchObject({ content: text, finish_reason: 'stop' })
  })
})

describe('the list of models', () => {
  test('has the agent, by itself and with each model, after the models', async () => {
    const { body } = await agent.get('/v1/models')
    const data = body.data as { id: string; owned_by: string }[]
    expect(data.map(({ id }) => id)).toEqual(['m', 'other', 'agent', 'agent/m', 'agent/other'])
    expect(data.at(-1)).toMatchObject({ object: 'model', owned_by: 'agent-host' })
  })

  test('knows each of them by its id', async () => {
    for (const id of ['agent', 'agent/other']) {
      expect(await agent.get(`/v1/models/${id}`)).toMatchObject({ status: 200, body: { id, owned_by: 'agent-host' } })
    }
    expect((await agent.get('/v1/models/agent/nothing')).status).toBe(404)
  })

  test('leaves other models to the model server, whatever else a request says of agents', async () => {
    const { body } = await agent.post({ model: 'm', messages: [{ role: 'user', content: 'the "agent"' }] })
    expect(body).toMatchObject({ model: 'm' })
    expect(agent.fake.chats[0]?.body.messages).toEqual([{ role: 'user', content: 'the "agent"' }])
  })
})
