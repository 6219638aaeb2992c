import { describe, expect, test } from 'vitest'
import { assembleStream, assembleWhole } from '../../support/chat-stream.ts'
import { type OpenedProxy, openProxy } from '../../support/open-proxy.ts'

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer' } },
  required: ['city', 'people'],
  additionalProperties: false,
}
const format = { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } }
const answer = '{"city": "서울", "people": 9}'

async function chat(proxied: OpenedProxy, body: object) {
  const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], response_format: format, ...body }
  const response = await proxied.post('/v1/chat/completions', request)
  const text = await response.text()
  if (response.status !== 200) return { status: response.status, error: JSON.parse(text) as unknown, choices: [] }
  const streamed = 'stream' in body && body.stream === true
  return { status: 200, choices: streamed ? assembleStream(text).choices : assembleWhole(JSON.parse(text)) }
}

test('the format is passed on where the server knows it', async () => {
  await using proxied = await openProxy()
  proxied.fake.script({ text: answer, times: 2 })
  for (const stream of [false, true]) {
    expect((await chat(proxied, { stream })).choices).toMatchObject([{ content: answer }])
  }
  expect(proxied.fake.chats.map(({ body }) => body.response_format)).toEqual([format, format])
})

describe.each([false, true])('where the server refuses the format, streamed: %s', (stream) => {
  test.each([
    ['JSON alone', answer],
    ['JSON in a fence', `Here it is:\n\`\`\`json\n${answer}\n\`\`\``],
    ['JSON in prose', `Sure! ${answer} Anything else?`],
    ['JSON after thinking', `<think>\n{"city": 1}\n</think>\n${answer}`],
  ])('it is taught, and the answer is %s', async (_name, text) => {
    await using proxied = await openProxy({ refuse: { responseFormat: true } })
    const { fake } = proxied
    fake.script({ text, times: 2 })
    for (const _ of [1, 2]) expect((await chat(proxied, { stream })).choices).toMatchObject([{ content: answer }])
    expect(fake.chats.map(({ status }) => status)).toEqual([400, 200, 200])
    expect(fake.chats[1]?.body).not.toHaveProperty('response_format')
    expect(fake.chats[1]?.body.messages?.[0]?.content).toContain('"additionalProperties":false')
  })

  test('a wrong answer is asked for once more', async () => {
    await using proxied = await openProxy({ refuse: { responseFormat: true } })
    proxied.fake.script({ text: '{"city": "서울"}' }, { text: answer })
    expect((await chat(proxied, { stream })).choices).toMatchObject([{ content: answer, finish_reason: 'stop' }])
  })

  test('two wrong answers are an error that says what is wrong', async () => {
    await using proxied = await openProxy({ refuse: { responseFormat: true } })
    proxied.fake.script({ text: '{"city": "서울"}', times: 2 })
    expect(await chat(proxied, { stream })).toMatchObject({
      status: 502,
      error: {
        error: {
          message: expect.stringContaining("must have required property 'people'") as string,
          param: 'response_format',
        },
      },
    })
  })
})

test('a server that takes the format and ignores it is found out', async () => {
  await using proxied = await openProxy()
  proxied.fake.script({ text: 'It is Seoul.' }, { text: answer, times: 2 })
  expect((await chat(proxied, {})).choices).toMatchObject([{ content: answer }])
  await chat(proxied, {})
  expect(proxied.fake.chats.map(({ body }) => 'response_format' in body)).toEqual([true, false, false])
})

test('json_object is told apart from json_schema', async () => {
  await using proxied = await openProxy()
  const refusal = { status: 400, message: "'response_format.type' must be 'json_schema' or 'text'" }
  proxied.fake.script(refusal, { text: 'Here: {"a": 1}' }, { text: answer })
  const { choices } = await chat(proxied, { response_format: { type: 'json_object' } })
  expect(choices).toMatchObject([{ content: '{"a": 1}' }])
  await chat(proxied, {})
  expect(proxied.fake.chats[2]?.body.response_format).toEqual(format)
})

test('one bad schema is taught by itself, and the next is passed on', async () => {
  await using proxied = await openProxy()
  const refusal = { status: 400, message: 'Invalid json_schema: unsupported keyword in schema' }
  proxied.fake.script(refusal, { text: answer, times: 2 })
  await chat(proxied, {})
  await chat(proxied, {})
  expect(proxied.fake.chats.map(({ body }) => 'response_format' in body)).toEqual([true, false, true])
})

test('bare JSON is an answer and never a call, and a call needs no JSON', async () => {
  await using proxied = await openProxy()
  const tools = [{ type: 'function', function: { name: 'echo', parameters: {} } }]
  const call = '{"name": "echo", "arguments": {"text": "x"}}'
  proxied.fake.script({ text: call }, { text: `<tool_call>${call}</tool_call>` })
  const body = { response_format: { type: 'json_object' }, tools }
  expect((await chat(proxied, body)).choices).toMatchObject([{ content: call, tool_calls: [] }])
  expect((await chat(proxied, body)).choices).toMatchObject([{ content: '', tool_calls: [{ name: 'echo' }] }])
})
