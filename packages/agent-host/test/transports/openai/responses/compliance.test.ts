import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Reply } from '../../../support/fake-model-server/reply.ts'
import { readResponseStream } from '../../../support/read-response-stream.ts'
import { openResponseSocket, type SocketTurn } from '../../../support/response-socket.ts'
import { useResponses } from './use-responses.ts'

/** The cases of the public Open Responses suite, by their names there, with what it checks of a Response. */

const tested = useResponses()

const tool = z.object({
  type: z.literal('function'),
  name: z.string(),
  description: z.string().nullable(),
  parameters: z.record(z.string(), z.unknown()).nullable(),
  strict: z.boolean().nullable(),
})
const text = z.object({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.unknown()),
  logprobs: z.array(z.unknown()),
})
const status = z.enum(['in_progress', 'completed', 'incomplete'])
const item = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    id: z.string(),
    status,
    role: z.literal('assistant'),
    content: z.array(text),
    phase: z.enum(['commentary', 'final_answer']).nullish(),
  }),
  z.object({
    type: z.literal('function_call'),
    id: z.string(),
    status,
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
])

/** The 31 keys that every Response carries. */
const resource = z.object({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.string(),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  model: z.string(),
  previous_response_id: z.string().nullable(),
  instructions: z.string().nullable(),
  output: z.array(item),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  tools: z.array(tool),
  tool_choice: z.union([z.string(), z.object({ type: z.string() })]),
  truncation: z.enum(['auto', 'disabled']),
  parallel_tool_calls: z.boolean(),
  text: z.object({ format: z.object({ type: z.string() }) }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: z.int(),
  temperature: z.number(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.string().nullable() }).nullable(),
  usage: z
    .object({
      input_tokens: z.int(),
      output_tokens: z.int(),
      total_tokens: z.int(),
      input_tokens_details: z.object({ cached_tokens: z.int() }),
      output_tokens_details: z.object({ reasoning_tokens: z.int() }),
    })
    .nullable(),
  max_output_tokens: z.int().nullable(),
  max_tool_calls: z.int().nullable(),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.unknown(),
  safety_identifier: z.string().nullable(),
  prompt_cache_key: z.string().nullable(),
})
type Resource = z.output<typeof resource>

interface Case {
  name: string
  input: unknown
  more?: object
  reply?: Reply
  /** Type of an item that the output must have. */
  has?: 'message' | 'function_call'
}

const message = (role: string, content: unknown, more = {}): object => ({ type: 'message', role, content, ...more })
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const weather = {
  type: 'function',
  name: 'get_weather',
  description: 'Get the current weather for a location',
  parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
}

const cases: Case[] = [
  { name: 'basic-response', input: [message('user', 'Say hello in exactly 3 words.')] },
  {
    name: 'streaming-response',
    input: [message('user', 'Count from 1 to 5.')],
    reply: { text: '1 2 3 4 5', split: 2 },
  },
  { name: 'system-prompt', input: [message('system', 'You are a pirate.'), message('user', 'Say hello.')] },
  {
    name: 'tool-calling',
    input: [message('user', "What's the weather like in San Francisco?")],
    more: { tools: [weather] },
    reply: { toolCalls: [{ name: 'get_weather', arguments: '{"location":"San Francisco, CA"}' }] },
    has: 'function_call',
  },
  {
    name: 'image-input',
    input: [
      message('user', [
        { type: 'input_text', text: 'What do you see?' },
        { type: 'input_image', image_url: pixel },
      ]),
    ],
  },
  {
    name: 'multi-turn',
    input: [
      message('user', 'My name is Alice.'),
      message('assistant', 'Hello Alice!'),
      message('user', 'What is my name?'),
    ],
  },
  {
    name: 'assistant-phase',
    input: [
      message('user', 'Look it up.'),
      message('assistant', 'I look it up.', { phase: 'commentary' }),
      message('assistant', 'Here it is.', { phase: 'final_answer' }),
      message('user', 'Thanks.'),
    ],
  },
  { name: 'response-output-phase-schema', input: 'Say hello.' },
]

async function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return await fetch(`${tested.url}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function turns(...bodies: ((before: SocketTurn[]) => object)[]): Promise<SocketTurn[]> {
  await using connection = await openResponseSocket(tested.url)
  const done: SocketTurn[] = []
  for (const body of bodies) done.push(await connection.turn({ model: 'm', ...body(done) }))
  return done
}

function check({ has = 'message' }: Case, response: unknown): Resource {
  const read = resource.parse(response)
  expect(read.output.map(({ type }) => type)).toContain(has)
  return read
}

describe.each(cases)('$name', (each) => {
  const { input, more, reply = { text: 'Hello there, friend.' } } = each

  test('in one answer', async () => {
    tested.fake.script(reply)
    const answer = await post('/responses', { model: 'm', input, ...more })
    expect(check(each, await answer.json()).status).toBe('completed')
  })

  test('as a stream', async () => {
    tested.fake.script(reply)
    const answer = await post('/responses', { model: 'm', input, ...more, stream: true })
    expect(check(each, (await readResponseStream(answer)).response).status).toBe('completed')
  })

  test('over a WebSocket', async () => {
    tested.fake.script(reply)
    const [turn] = await turns(() => ({ input, ...more }))
    expect(check(each, turn?.response).status).toBe('completed')
  })
})

const any: Case = { name: 'any', input: '' }
const codeOf = (turn: SocketTurn | undefined): string | undefined => turn?.error?.error.code

test('response-output-phase-schema: the phase of an answer is told', async () => {
  tested.fake.script({ text: 'Hello.' })
  const answer = await post('/responses', { model: 'm', input: 'Hi' })
  expect(check(any, await answer.json()).output).toMatchObject([{ phase: 'final_answer' }])
})

test('compact-response', async () => {
  const answer = await post('/responses/compact', {
    model: 'm',
    input: [message('user', 'The code word is cobalt.'), message('assistant', 'OK.')],
  })
  const compacted = (await answer.json()) as Record<string, unknown>
  expect(compacted).toMatchObject({ object: 'response.compaction', usage: {} })
  expect(compacted.output).toContainEqual(expect.objectContaining({ type: 'compaction' }))
})

test('compact-missing-model', async () => {
  const answer = await post('/responses/compact', { input: [message('user', 'Hi')] })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { param: 'model' } })
})

test('websocket-response', async () => {
  const [turn] = await turns(() => ({ input: [message('user', 'Count from 1 to 3.')] }))
  expect(check(any, turn?.response).status).toBe('completed')
})

test('websocket-sequential-responses', async () => {
  const done = await turns(
    () => ({ store: false, input: 'first' }),
    () => ({ store: false, input: 'second' }),
  )
  for (const turn of done) expect(check(any, turn.response).status).toBe('completed')
})

test('websocket-continuation', async () => {
  tested.fake.script({ text: 'OK' }, { text: 'cobalt' })
  const done = await turns(
    () => ({ store: false, input: 'Remember the code word: cobalt.' }),
    ([first]) => ({ store: false, previous_response_id: first?.response?.id, input: 'What is the code word?' }),
  )
  expect(check(any, done[1]?.response).output).toMatchObject([{ content: [{ text: 'cobalt' }] }])
})

test('websocket-reconnect-store-false-recovery', async () => {
  const [first] = await turns(() => ({ store: false, input: 'Remember the code word: copper.' }))
  const [lost, recovered] = await turns(
    () => ({ store: false, previous_response_id: first?.response?.id, input: 'Which?' }),
    () => ({ store: false, input: [message('user', 'Start again.')] }),
  )
  expect(codeOf(lost)).toBe('previous_response_not_found')
  expect(check(any, recovered?.response).status).toBe('completed')
})

test('websocket-previous-response-not-found', async () => {
  const [turn] = await turns(() => ({ store: false, previous_response_id: 'resp_missing_1', input: 'x' }))
  expect(codeOf(turn)).toBe('previous_response_not_found')
})

test('websocket-failed-continuation-evicts-cache', async () => {
  const bad = [{ type: 'function_call_output', call_id: 'call_missing', output: '' }]
  const done = await turns(
    () => ({ store: false, input: 'Remember the code word: ember.' }),
    ([first]) => ({ store: false, previous_response_id: first?.response?.id, input: bad }),
    ([first]) => ({ store: false, previous_response_id: first?.response?.id, input: 'Which?' }),
  )
  expect(done.slice(1).map(codeOf)).toEqual(['invalid_request', 'previous_response_not_found'])
})

test('websocket-compact-new-chain', async () => {
  tested.fake.script({ text: 'The code word is cobalt.' }, { text: 'cobalt' })
  const answer = await post('/responses/compact', { model: 'm', input: [message('user', 'The code word is cobalt.')] })
  const { output } = (await answer.json()) as { output: unknown[] }
  const [turn] = await turns(() => ({ store: false, input: [...output, message('user', 'Which?')] }))
  expect(check(any, turn?.response).status).toBe('completed')
})
