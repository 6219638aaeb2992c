import { once } from 'node:events'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { json } from 'node:stream/consumers'
import OpenAI from 'openai'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createKey, hashOf } from '../../../../src/config/api-key.ts'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'
import { openResponseSocket, type ResponseSocket } from '../../../support/response-socket.ts'
import { createWorkbench, type Workbench } from '../../../support/workbench.ts'

let bench: Workbench
let fake: FakeModelServer
let service: OpenedService
let connection: ResponseSocket

beforeAll(() => {
  bench = createWorkbench()
})
afterAll(() => bench[Symbol.dispose]())
beforeEach(async () => {
  fake = await startFakeModelServer({ models: ['m'] })
  service = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig })
  connection = await openResponseSocket(service.url)
})
afterEach(async () => {
  await connection[Symbol.asyncDispose]()
  await service[Symbol.asyncDispose]()
  await fake.close()
})

const sent = (): unknown[] => (fake.chats.at(-1)?.body.messages ?? []).map(({ content }) => content)

describe('a turn on a connection', () => {
  test('is streamed as over HTTP, and stored', async () => {
    fake.script({ reasoning: 'Hm.', text: 'Hello there.', split: 3 })
    const { response } = await connection.turn({ model: 'm', input: 'Hi' })
    expect(response).toMatchObject({ status: 'completed', store: true })
    const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none' })
    expect(await client.responses.retrieve(response?.id as string)).toMatchObject({ output: response?.output })
  })

  test('that is not stored is gone on from on the same connection only, and nothing of it is kept', async () => {
    fake.script({ text: 'OK.' }, { text: 'cobalt' })
    const first = await connection.turn({ model: 'm', store: false, input: 'The code word is cobalt.' })
    const previous_response_id = first.response?.id
    const other = await openResponseSocket(service.url)
    const lost = await other.turn({ model: 'm', store: false, previous_response_id, input: 'Which word?' })
    await other[Symbol.asyncDispose]()
    expect(lost.error).toMatchObject({
      status: 400,
      error: { code: 'previous_response_not_found', param: 'previous_response_id' },
    })
    const second = await connection.turn({ model: 'm', store: false, previous_response_id, input: 'Which word?' })
    expect(second.response).toMatchObject({ previous_response_id, output: [{ content: [{ text: 'cobalt' }] }] })
    expect(sent()).toEqual(['The code word is cobalt.', 'OK.', 'Which word?'])
    expect((await fetch(`${service.url}/v1/responses/${String(previous_response_id)}`)).status).toBe(404)
  })

  test('that is not stored may be gone on from by one that is', async () => {
    fake.script({ text: 'OK.' }, { text: 'cobalt' }, { text: 'cobalt again' })
    const first = await connection.turn({ model: 'm', store: false, input: 'The code word is cobalt.' })
    const second = await connection.turn({ model: 'm', previous_response_id: first.response?.id, input: 'Which?' })
    const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none' })
    await client.responses.create({ model: 'm', previous_response_id: second.response?.id as string, input: 'Again?' })
    expect(sent()).toEqual(['The code word is cobalt.', 'OK.', 'Which?', 'cobalt', 'Again?'])
  })

  test('that calls a tool of the client goes on with its result', async () => {
    const tools = [{ type: 'function', name: 'get_weather', parameters: { type: 'object', properties: {} } }]
    fake.script({ toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: '{}' }] }, { text: '맑음.' })
    const first = await connection.turn({ model: 'm', store: false, tools, input: '날씨?' })
    expect(first.response?.output).toMatchObject([{ type: 'function_call', call_id: 'call_1' }])
    const second = await connection.turn({
      model: 'm',
      store: false,
      tools,
      previous_response_id: first.response?.id,
      input: [{ type: 'function_call_output', call_id: 'call_1', output: 'sunny' }],
    })
    expect(second.response?.output).toMatchObject([{ content: [{ text: '맑음.' }] }])
  })

  test('waits for those before it, and names its lane in every event', async () => {
    fake.script({ text: 'one' }, { text: 'two' })
    for (const stream_id of ['a', 'b']) {
      connection.send(JSON.stringify({ type: 'response.create', model: 'm', input: stream_id, stream_id }))
    }
    const lanes: unknown[] = []
    while (lanes.filter((lane) => lane === 'end').length < 2) {
      const event = await connection.next()
      lanes.push(event.stream_id, ...(event.type === 'response.completed' ? ['end'] : []))
    }
    expect(lanes.join(' ')).toMatch(/^(?:a )+end (?:b )+end$/)
  })
})

describe('an error', () => {
  test.each<[string, string, string | null]>([
    ['what is not JSON', 'nonsense', 'message'],
    ['what is no object', '[1]', 'body'],
    ['an unknown message', '{"type":"response.dance"}', 'type'],
    ['the background', '{"type":"response.create","input":"x","background":true}', 'background'],
    ['a bad field', '{"type":"response.create","input":"x","temperature":9}', 'temperature'],
  ])('refuses %s and leaves the connection open', async (_name, text, param) => {
    connection.send(text)
    expect(await connection.next()).toMatchObject({ type: 'error', status: 400, error: { param } })
    expect((await connection.turn({ model: 'm', input: 'Hi' })).response?.status).toBe('completed')
  })

  test('makes the connection forget what the failed turn went on from', async () => {
    const first = await connection.turn({ model: 'm', store: false, input: 'ember' })
    const on = { model: 'm', store: false, previous_response_id: first.response?.id }
    const failed = await connection.turn({
      ...on,
      input: [{ type: 'function_call_output', call_id: 'nope', output: '' }],
    })
    expect(failed.error?.error).toMatchObject({ param: 'input[0].call_id' })
    expect((await connection.turn({ ...on, input: 'x' })).error?.error.code).toBe('previous_response_not_found')
  })

  test('of the model server is a failed response, which is not gone on from', async () => {
    fake.script({ status: 500, message: 'out of memory', times: 9 })
    const { response } = await connection.turn({ model: 'm', store: false, input: 'Hi' })
    expect(response).toMatchObject({ status: 'failed', error: { code: 'server_error' } })
    const next = await connection.turn({ model: 'm', store: false, previous_response_id: response?.id, input: 'x' })
    expect(next.error?.error.code).toBe('previous_response_not_found')
  })

  test('tells a client that sends faster than it is answered', async () => {
    fake.script({ text: 'Never.', fault: { kind: 'stall', after: 1 } })
    for (let i = 0; i < 40; i++) connection.send('{"type":"response.create","model":"m","input":"x"}')
    let event = await connection.next()
    while (event.type !== 'error') event = await connection.next()
    expect(event).toMatchObject({ status: 429, error: { code: 'rate_limit_exceeded' } })
  })
})

test('a client that closes the connection ends the run, and the model server is let go', async () => {
  fake.script({ text: 'Never.', fault: { kind: 'stall', after: 1 } })
  connection.send('{"type":"response.create","model":"m","input":"x"}')
  const { closed } = await fake.received(1)
  connection.socket.terminate()
  await expect(closed).resolves.toBeUndefined()
})

test('a client that does not read holds back the answer, and gets all of it once it does', async () => {
  const text = 'x'.repeat(1_000_000)
  fake.script({ text, split: 20_000 })
  connection.socket.pause()
  connection.send('{"type":"response.create","model":"m","input":"x"}')
  await fake.received(1)
  connection.socket.resume()
  let length = 0
  for (let event = await connection.next(); event.type !== 'response.completed'; event = await connection.next()) {
    if (event.type === 'response.output_text.delta') length += String(event.delta).length
  }
  expect(length).toBe(text.length)
})

test('a message that is too long closes the connection with the code for it', async () => {
  const small = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, maxBody: 1024 })
  const { socket } = await openResponseSocket(small.url)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.send('x'.repeat(2000))
  expect(await closed).toBe(1009)
  await small[Symbol.asyncDispose]()
})

describe('who may connect', () => {
  test('a page of another site may not', async () => {
    await expect(openResponseSocket(service.url, { origin: 'http://evil.example' })).rejects.toThrow('403')
  })

  test('a key is asked for, and each turn counts against its limit', async () => {
    const key = createKey()
    const apiKeys = [{ name: 'bob', hash: hashOf(key), requestsPerMinute: 2 }]
    const closed = await openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, apiKeys })
    await expect(openResponseSocket(closed.url)).rejects.toThrow('401')
    const own = await openResponseSocket(closed.url, { headers: { authorization: `Bearer ${key}` } })
    const statuses: unknown[] = []
    for (let i = 0; i < 3; i++) {
      const { response, error } = await own.turn({ model: 'm', input: 'Hi' })
      statuses.push(response?.status ?? error?.status)
    }
    expect(statuses).toEqual(['completed', 'completed', 429])
    await own[Symbol.asyncDispose]()
    await closed[Symbol.asyncDispose]()
  })
})

// Older versions of Node take any offer to upgrade.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

test.runIf(major > 22 || minor >= 21)('a request that offers another upgrade is answered as it is', async () => {
  const { hostname, port } = new URL(service.url)
  const body = '{"model":"m","input":"Hi"}'
  const head = { 'content-type': 'application/json', connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' }
  const request = httpRequest({ hostname, port, method: 'POST', path: '/v1/responses', headers: head }).end(body)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  expect(await json(answer)).toMatchObject({ status: 'completed' })
})

test('a plain GET is told what the path is for', async () => {
  const answer = await fetch(`${service.url}/v1/responses`)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('WebSocket') as string } })
})

test('the openai client talks over it', async () => {
  fake.script({ text: 'Hello.' })
  const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none' })
  const socket = new ResponsesWS(client)
  const types: string[] = []
  for await (const event of socket.stream()) {
    if (event.type === 'open') socket.send({ type: 'response.create', model: 'm', input: 'Hi' })
    if (event.type !== 'message') continue
    types.push(event.message.type)
    if (event.message.type === 'response.completed') break
  }
  socket.close()
  expect(types[0]).toBe('response.created')
})
