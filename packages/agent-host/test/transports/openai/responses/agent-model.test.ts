import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { createStreamChecker, type StreamedEvent } from '../../../support/response-stream-checker.ts'
import { callEcho, callWeather, useAgent } from '../agent-chat/use-agent.ts'

const agent = useAgent()
const connect = (url = agent.url): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
const weather: OpenAI.Responses.FunctionTool = { type: 'function', name: 'weather', parameters: {}, strict: null }

const allow = (tool: Record<string, unknown>) => ({
  type: 'allowed_tools' as const,
  mode: 'auto' as const,
  tools: [tool],
})

test('the agent runs its own tools, shown as calls of their server, with its own instructions', async () => {
  agent.fake.script({ toolCalls: [callEcho('안녕')] }, { text: 'It said 안녕.' })
  const checker = createStreamChecker()
  for await (const event of await connect().responses.create({ model: 'agent', input: 'Echo', stream: true })) {
    checker.add(event as unknown as StreamedEvent)
  }
  expect(checker.end()).toMatchObject({
    model: 'agent/m',
    status: 'completed',
    tools: [],
    output: [
      { type: 'mcp_call', server_label: 'test', name: 'echo', output: '안녕' },
      { type: 'message', content: [{ text: 'It said 안녕.' }] },
    ],
  })
  expect(agent.fake.chats[0]?.body).toMatchObject({ model: 'm', messages: [{ content: 'Be kind.' }, {}] })
})

test('agent/<model> names the model, and the conversation goes on by previous_response_id', async () => {
  agent.fake.script({ toolCalls: [callEcho('x')] }, { text: 'Said.' }, { text: 'Again.' })
  const first = await connect().responses.create({ model: 'agent/other', input: 'Echo' })
  expect(first.model).toBe('agent/other')
  await connect().responses.create({ model: 'agent/other', previous_response_id: first.id, input: 'Again?' })
  expect(agent.lastMessages().map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
  expect(agent.fake.chats.map(({ body }) => body.model)).toEqual(['other', 'other', 'other'])
})

test("the client's own tools are left to it, and stand before ours of the same name", async () => {
  agent.fake.script({ toolCalls: [callEcho('mine')] }, { toolCalls: [callWeather] }, { text: '맑음.' })
  const echo = { ...weather, name: 'echo' }
  const own = await connect().responses.create({ model: 'agent', input: 'Echo', tools: [echo] })
  expect(own.output).toMatchObject([{ type: 'function_call', name: 'echo' }])
  const first = await connect().responses.create({ model: 'agent', input: '서울?', tools: [weather] })
  expect(first.output).toMatchObject([{ type: 'function_call', name: 'weather', call_id: 'w1' }])
  const second = await connect().responses.create({
    model: 'agent',
    previous_response_id: first.id,
    tools: [weather],
    input: [{ type: 'function_call_output', call_id: 'w1', output: '맑음' }],
  })
  expect(second.output_text).toBe('맑음.')
})

test('a call that the operator wants a person to approve asks the client', async () => {
  await using asking = await agent.openAnother({ approvals: 'echo=ask' })
  const client = connect(asking.url)
  agent.fake.script({ toolCalls: [callEcho('x')] }, { text: 'Said.' })
  const first = await client.responses.create({ model: 'agent', input: 'Echo' })
  const [request] = first.output
  expect(request).toMatchObject({ type: 'mcp_approval_request', server_label: 'test', name: 'echo' })
  const second = await client.responses.create({
    model: 'agent',
    previous_response_id: first.id,
    input: [{ type: 'mcp_approval_response', approval_request_id: request?.id ?? '', approve: true }],
  })
  expect(second.output).toMatchObject([{ type: 'mcp_call', output: 'x' }, { type: 'message' }])
})

test('the server of a request and those of the agent are there together', async () => {
  agent.fake.script({ text: 'Hi.' }, { text: 'Hi.' })
  const listed = { type: 'mcp' as const, server_label: 'test', allowed_tools: ['echo'] }
  const response = await connect().responses.create({ model: 'agent', input: 'Hi', tools: [listed] })
  expect(response.output).toMatchObject([{ type: 'mcp_list_tools', tools: [{ name: 'echo' }] }, { type: 'message' }])
  expect(agent.fake.chats[0]?.body.tools).toHaveLength(1)
  await connect().responses.create({ model: 'm', input: 'Hi' })
  expect(agent.fake.chats[1]?.body).not.toHaveProperty('tools')
})

test('allowed_tools holds for what the agent has of its own', async () => {
  agent.fake.script({ text: 'Hi.' }, { text: 'Hi.' })
  const asked = { model: 'agent', input: 'Hi', tools: [weather] }
  await connect().responses.create({ ...asked, tool_choice: allow({ type: 'function', name: 'weather' }) })
  await connect().responses.create({ ...asked, tool_choice: allow({ type: 'mcp', server_label: 'test' }) })
  const names = agent.fake.chats.map(({ body }) =>
    (body.tools as { function: { name: string } }[]).map((tool) => tool.function.name),
  )
  expect(names[0]).toEqual(['weather'])
  expect(names[1]).toContain('echo')
  expect(names[1]).not.toContain('weather')
})

test('a compaction offers no tools, and sums up what was said', async () => {
  agent.fake.script({ text: 'They said hi.' })
  await connect().responses.compact({ model: 'agent', input: 'Hi' })
  expect(agent.fake.chats[0]?.body).not.toHaveProperty('tools')
})
