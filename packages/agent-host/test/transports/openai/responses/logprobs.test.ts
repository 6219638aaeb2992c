import OpenAI from 'openai'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeModelServer, startFakeModelServer } from '../../../support/fake-model-server.ts'
import { noTools } from '../../../support/no-tools.ts'
import { type OpenedService, openService } from '../../../support/open-service.ts'
import { createStreamChecker, type StreamedEvent } from '../../../support/response-stream-checker.ts'

let fake: FakeModelServer
let service: OpenedService
let client: OpenAI

beforeEach(async () => {
  fake = await startFakeModelServer({ models: ['m'] })
  service = await openService({ baseUrl: fake.url, mcpConfig: noTools })
  client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterEach(async () => {
  await service[Symbol.asyncDispose]()
  await fake.close()
})

const tokens = ['Hel', 'lo', '.'].map((token, i) => ({
  token,
  logprob: -i - 1,
  bytes: [...Buffer.from(token)],
  top_logprobs: [{ token: 'X', logprob: -9 }],
}))
const told = tokens.map((token) => ({ ...token, top_logprobs: [{ token: 'X', logprob: -9, bytes: [] }] }))

function streamed(): { raw: string } {
  const chunks = tokens.map((token) => ({ index: 0, delta: { content: token.token }, logprobs: { content: [token] } }))
  const events = [...chunks, { index: 0, delta: {}, finish_reason: 'stop' }].map((choice) => ({ choices: [choice] }))
  return {
    raw: [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''),
  }
}

test('log-probabilities are asked for, streamed with their text and kept with the answer', async () => {
  fake.script(streamed())
  const checker = createStreamChecker()
  const parts: unknown[] = []
  const stream = await client.responses.create({
    model: 'm',
    input: 'Hi',
    stream: true,
    include: ['message.output_text.logprobs'],
    top_logprobs: 1,
  })
  for await (const event of stream) {
    checker.add(event as unknown as StreamedEvent)
    if (event.type === 'response.output_text.delta') parts.push(event.logprobs)
    if (event.type === 'response.output_text.done') parts.push(event.logprobs)
  }
  const response = checker.end() as unknown as OpenAI.Responses.Response
  expect(parts).toEqual([...told.map((token) => [token]), told])
  expect(response).toMatchObject({
    top_logprobs: 1,
    output: [{ content: [{ type: 'output_text', text: 'Hello.', logprobs: told }] }],
  })
  expect(await client.responses.retrieve(response.id)).toMatchObject({ output: response.output })
  expect(fake.chats[0]?.body).toMatchObject({ logprobs: true, top_logprobs: 1 })
})

test('either field asks for them, and a server that does not stream gives them too', async () => {
  const answer = { text: 'Hello.', logprobs: { content: tokens }, neverStreams: true }
  fake.script(answer, answer, { text: 'Hello.' })
  const asked = await client.responses.create({ model: 'm', input: 'Hi', include: ['message.output_text.logprobs'] })
  expect(asked.output).toMatchObject([{ content: [{ logprobs: told }] }])
  expect(fake.chats[0]?.body).toMatchObject({ logprobs: true })
  expect(fake.chats[0]?.body).not.toHaveProperty('top_logprobs')
  await client.responses.create({ model: 'm', input: 'Hi', top_logprobs: 3 })
  expect(fake.chats[1]?.body).toMatchObject({ logprobs: true, top_logprobs: 3 })
  const plain = await client.responses.create({ model: 'm', input: 'Hi' })
  expect(plain.output).toMatchObject([{ content: [{ logprobs: [] }] }])
  expect(fake.chats[2]?.body).not.toHaveProperty('logprobs')
})
