import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import {
  type FakeModelServer,
  type FakeModelServerOptions,
  startFakeModelServer,
} from '../../../support/fake-model-server.ts'
import { noTools } from '../../../support/no-tools.ts'
import { openService } from '../../../support/open-service.ts'
import { createStreamChecker, type StreamedEvent } from '../../../support/response-stream-checker.ts'

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer' } },
  required: ['city', 'people'],
  additionalProperties: false,
}
const text = { format: { type: 'json_schema' as const, name: 'city', schema, strict: true } }
const answer = '{"city": "서울", "people": 9}'

interface Bench extends AsyncDisposable {
  fake: FakeModelServer
  /** The Response, and the deltas of its text where it is streamed. */
  ask(more?: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>): Promise<Asked>
}

interface Asked {
  response: OpenAI.Responses.Response
  deltas: string[]
}

async function open(options: FakeModelServerOptions = {}, stream = false): Promise<Bench> {
  const fake = await startFakeModelServer({ models: ['m'], ...options })
  const service = await openService({ baseUrl: fake.url, mcpConfig: noTools })
  const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0 })
  return {
    fake,
    async ask(more) {
      const params = { model: 'm', input: 'Hi', text, ...more }
      if (!stream) return { response: await client.responses.create(params), deltas: [] }
      const checker = createStreamChecker()
      const deltas: string[] = []
      for await (const event of await client.responses.create({ ...params, stream: true })) {
        checker.add(event as unknown as StreamedEvent)
        if (event.type === 'response.output_text.delta') deltas.push(event.delta)
      }
      return { response: checker.end() as unknown as OpenAI.Responses.Response, deltas }
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await fake.close()
    },
  }
}

const saidBy = ({ response }: Asked): string =>
  response.output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => ('text' in part ? part.text : ''))
    .join('')
const formats = ({ fake }: Bench): boolean[] => fake.chats.map(({ body }) => 'response_format' in body)

describe.each([false, true])('streamed: %s', (stream) => {
  test.each([
    ['JSON alone', answer],
    ['JSON in a fence', `Here it is:\n\`\`\`json\n${answer}\n\`\`\``],
    ['JSON in prose', `Sure! ${answer} Anything else?`],
    ['JSON after thinking', `<think>\n{"city": 1}\n</think>\n${answer}`],
  ])('a format that the server refuses is taught, and the answer is %s', async (_name, said) => {
    await using bench = await open({ refuse: { responseFormat: true } }, stream)
    bench.fake.script({ text: said, split: 4, times: 2 })
    for (const _ of [1, 2]) expect(saidBy(await bench.ask()).trim()).toBe(answer)
    expect(bench.fake.chats.map(({ status }) => status)).toEqual([400, 200, 200])
    expect(bench.fake.chats[1]?.body).not.toHaveProperty('response_format')
    expect(bench.fake.chats[1]?.body.messages?.[0]?.content).toContain('"additionalProperties":false')
  })

  test('a server that takes the format and ignores it is found out, before its answer was given', async () => {
    await using bench = await open({}, stream)
    bench.fake.script({ text: 'It is Seoul.' }, { text: answer, times: 2 })
    expect(saidBy(await bench.ask())).toBe(answer)
    await bench.ask()
    expect(formats(bench)).toEqual([true, false, false])
  })

  test('a wrong answer is asked for once more, and a second one is a failure that says what is wrong', async () => {
    await using bench = await open({ refuse: { responseFormat: true } }, stream)
    bench.fake.script({ text: '{"city": "서울"}' }, { text: answer }, { text: '{"city": "서울"}', times: 2 })
    expect(saidBy(await bench.ask())).toBe(answer)
    expect((await bench.ask()).response).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining("must have required property 'people'") as string },
    })
  })
})

test('once a server was seen to keep to the format its answers come as it writes them', async () => {
  await using bench = await open({}, true)
  bench.fake.script(
    { text: answer, split: 5, times: 2 },
    { text: 'It is Seoul.' },
    { text: 'It is Seoul.' },
    { text: answer },
  )
  for (const _ of [1, 2]) expect((await bench.ask()).deltas.length).toBeGreaterThan(3)
  // Too late for this answer, so that the next is held and asked for again.
  expect(saidBy(await bench.ask())).toBe('It is Seoul.')
  expect(saidBy(await bench.ask())).toBe(answer)
  expect(formats(bench)).toEqual([true, true, true, true, false])
})

test('json_object is told apart, and one bad schema is taught by itself', async () => {
  await using bench = await open()
  const { fake, ask } = bench
  fake.script(
    { status: 400, message: 'Invalid json_schema: unsupported keyword in schema' },
    { text: answer },
    { text: answer },
    { status: 400, message: "'response_format.type' must be 'json_schema' or 'text'" },
    { text: 'Here: {"a": 1}' },
    { text: answer },
  )
  await ask()
  await ask()
  expect(formats(bench)).toEqual([true, false, true])
  expect(saidBy(await ask({ text: { format: { type: 'json_object' } } }))).toBe('{"a": 1}')
  await ask()
  expect(formats(bench).slice(3)).toEqual([true, false, true])
})

test('an answer without text is asked for again, and thoughts before it stay', async () => {
  await using bench = await open({}, true)
  bench.fake.script({ reasoning: 'Hm.', text: '' }, { reasoning: 'So.', text: answer })
  const asked = await bench.ask()
  expect(saidBy(asked)).toBe(answer)
  expect(asked.response.output.map(({ type }) => type)).toEqual(['reasoning', 'reasoning', 'message'])
})

test('a call and an answer that was cut off need no JSON', async () => {
  await using bench = await open()
  const tools: OpenAI.Responses.FunctionTool[] = [{ type: 'function', name: 'look', parameters: {}, strict: null }]
  bench.fake.script({ toolCalls: [{ name: 'look', arguments: '{}' }] }, { text: '{"city":', finishReason: 'length' })
  expect((await bench.ask({ tools })).response.output).toMatchObject([{ type: 'function_call', name: 'look' }])
  expect((await bench.ask()).response).toMatchObject({ status: 'incomplete' })
  expect(bench.fake.chats).toHaveLength(2)
})
