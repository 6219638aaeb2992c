import OpenAI from 'openai'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { noTools } from '../../../support/no-tools.ts'
import { openResponseSocket } from '../../../support/response-socket.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'

let fake: FakeModelServer
let service: OpenedService
let client: OpenAI

beforeEach(async () => {
  fake = await startFakeModelServer({ models: ['m'], contextLength: 4000 })
  service = await openService({ baseUrl: fake.url, mcpConfig: noTools })
  client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterEach(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
})

const tools: OpenAI.Responses.FunctionTool[] = [{ type: 'function', name: 'look', parameters: {}, strict: null }]
const long = (word: string, characters: number): string => `${word} ${'x'.repeat(characters)}`
const sent = (): string[] => (fake.chats.at(-1)?.body.messages ?? []).map(({ content }) => String(content).slice(0, 6))
const overlong = { status: 400, code: 'context_length_exceeded', param: 'input' }

test('a conversation that the model cannot take is refused before anything is sent', async () => {
  const input = long('First.', 40_000)
  await expect(client.responses.create({ model: 'm', input })).rejects.toMatchObject(overlong)
  const stored = client.responses.create({ model: 'm', input, truncation: 'disabled', store: false, stream: true })
  await expect(stored).rejects.toMatchObject({
    ...overlong,
    message: expect.stringMatching(/tokens or more, and the model takes 4000/) as string,
  })
  expect(fake.chats).toEqual([])
})

test('over a WebSocket it is an error of the same kind', async () => {
  await using socket = await openResponseSocket(service.url)
  const { error } = await socket.turn({ model: 'm', input: long('First.', 40_000) })
  expect(error).toMatchObject({ status: 400, error: { code: 'context_length_exceeded', param: 'input' } })
  expect((await socket.turn({ model: 'm', input: 'Hi' })).response).toMatchObject({ status: 'completed' })
})

test('so is one that grew too long over several requests', async () => {
  fake.script({ text: 'One.' })
  const first = await client.responses.create({ model: 'm', input: long('First.', 20_000) })
  const second = client.responses.create({ model: 'm', previous_response_id: first.id, input: long('Then.', 20_000) })
  await expect(second).rejects.toMatchObject(overlong)
  expect(fake.chats).toHaveLength(1)
})

test('a refusal of the model server for the same reason is told the same way', async () => {
  const message = "This model's maximum context length is 4000 tokens. However, you requested 4100 tokens."
  fake.script({ status: 400, message, times: 2 })
  const input = long('First.', 6000)
  await expect(client.responses.create({ model: 'm', input })).rejects.toMatchObject({
    ...overlong,
    message: expect.stringContaining('4100 tokens') as string,
  })
  let last: unknown
  for await (const event of await client.responses.create({ model: 'm', input, stream: true })) last = event
  expect(last).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'context_length_exceeded' }, truncation: 'disabled' },
  })
})

test('with truncation the beginning is left out, for this request alone', async () => {
  fake.script({ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }, { text: 'Four.' })
  const first = await client.responses.create({ model: 'm', instructions: 'System', input: long('First.', 9000) })
  const shared = { model: 'm', instructions: 'System', truncation: 'auto' as const }
  const second = await client.responses.create({
    ...shared,
    previous_response_id: first.id,
    input: long('Second', 5000),
  })
  expect(second).toMatchObject({ status: 'completed', truncation: 'auto', output_text: 'Two.' })
  expect(sent()).toEqual(['System', 'Second'])
  const third = await client.responses.create({ ...shared, previous_response_id: second.id, input: 'Third.' })
  expect(sent()).toEqual(['System', 'Second', 'Two.', 'Third.'])
  await client.responses.create({ model: 'm', previous_response_id: third.id, input: 'Fourth' })
  expect(sent()[0]).toBe('First.')
  expect(fake.chats).toHaveLength(4)
})

test('as many turns are left out as have to be, and no more', async () => {
  fake.script({ text: 'Done.' })
  const input = [5000, 5000, 2500, 500].flatMap((characters, i): OpenAI.Responses.ResponseInputItem[] => [
    { role: 'user', content: long(`User ${i}`, characters) },
    { role: 'assistant', content: `Said ${i}` },
  ])
  await client.responses.create({ model: 'm', truncation: 'auto', store: false, input })
  expect(sent()).toEqual(['User 2', 'Said 2', 'User 3', 'Said 3'])
})

const callOf = (id: string, output: string): OpenAI.Responses.ResponseInputItem[] => [
  { type: 'function_call', call_id: id, name: 'look', arguments: '{}' },
  { type: 'function_call_output', call_id: id, output },
]

test('old results of tools are left out before what people said, and no result loses its call', async () => {
  fake.script({ text: 'Done.' })
  await client.responses.create({
    model: 'm',
    truncation: 'auto',
    store: false,
    tools,
    input: [
      { role: 'user', content: 'First.' },
      ...callOf('a', long('AAAAAA', 9000)),
      ...callOf('b', long('BBBBBB', 900)),
      { role: 'user', content: 'Second' },
    ],
  })
  expect(fake.chats[0]?.body.messages).toMatchObject([
    { content: 'First.' },
    { tool_calls: [{ id: 'a' }] },
    { role: 'tool', content: expect.stringContaining('left out') as string },
    { tool_calls: [{ id: 'b' }] },
    { role: 'tool', content: expect.stringContaining('BBBBBB') as string },
    { content: 'Second' },
  ])
})

test('a length that the operator configured counts, and one that nobody knows refuses nothing', async () => {
  await using bare = await startFakeModelServer({ models: ['m'], modelList: 'bare' })
  bare.script({ text: 'Fine.' })
  const params = { model: 'm', input: long('First.', 40_000) }
  const options = { apiKey: 'none', maxRetries: 0 }
  await using unknown = await openService({ baseUrl: bare.url, mcpConfig: noTools })
  const answer = await new OpenAI({ ...options, baseURL: `${unknown.url}/v1` }).responses.create(params)
  expect(answer.output_text).toBe('Fine.')
  await using known = await openService({ baseUrl: bare.url, mcpConfig: noTools, contextLength: 2000 })
  const refused = new OpenAI({ ...options, baseURL: `${known.url}/v1` }).responses.create(params)
  await expect(refused).rejects.toMatchObject(overlong)
})

const json = (body: unknown) => ({ raw: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

test.each([
  ['llama.cpp', 'llamacpp', '/props', { default_generation_settings: { n_ctx: 2000 } }],
  ['Ollama', 'library', '/api/ps', { models: [{ name: 'm', context_length: 2000 }] }],
  ['LM Studio', 'organization_owner', '/api/v0/models', { data: [{ id: 'm', loaded_context_length: 2000 }] }],
])('%s tells the length at an address of its own', async (_name, owner, path, body) => {
  const list = json({ object: 'list', data: [{ id: 'm', owned_by: owner }] })
  await using other = await startFakeModelServer({ models: ['m'], routes: { '/v1/models': list, [path]: json(body) } })
  await using opened = await openService({ baseUrl: other.url, mcpConfig: noTools })
  const talking = new OpenAI({ baseURL: `${opened.url}/v1`, apiKey: 'none', maxRetries: 0 })
  const refused = talking.responses.create({ model: 'm', input: long('First.', 20_000) })
  await expect(refused).rejects.toMatchObject(overlong)
  expect(other.chats).toEqual([])
})
