import { describe, expect, test } from 'vitest'
import { assembleStream, assembleWhole } from '../../support/chat-stream.ts'
import { type OpenedProxy, openProxy } from '../../support/open-proxy.ts'

const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })
const tools = [tool('echo'), tool('add')]
const named = { type: 'function', function: { name: 'add' } }
const hermes = (name: string): string => `<tool_call>{"name": "${name}", "arguments": {}}</tool_call>`
const refusesChoice = { status: 400, message: 'tool_choice "required" is not supported' }

async function chat(proxied: OpenedProxy, body: object) {
  const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], tools, ...body }
  const response = await proxied.post('/v1/chat/completions', request)
  const text = await response.text()
  if (response.status !== 200) return { status: response.status, error: JSON.parse(text) as unknown, choices: [] }
  const streamed = 'stream' in body && body.stream === true
  return { status: 200, choices: streamed ? assembleStream(text).choices : assembleWhole(JSON.parse(text)) }
}

test('none: no tools are offered, and text is never a call', async () => {
  await using proxied = await openProxy()
  proxied.fake.script({ text: hermes('echo') })
  const { choices } = await chat(proxied, { tool_choice: 'none', parallel_tool_calls: true })
  expect(choices).toMatchObject([{ content: hermes('echo'), tool_calls: [] }])
  expect(Object.keys(proxied.fake.chats[0]?.body ?? {})).toEqual(['model', 'messages'])
})

describe.each([false, true])('a call that is demanded, streamed: %s', (stream) => {
  test('comes from a server that takes the demand', async () => {
    await using proxied = await openProxy()
    proxied.fake.script({ toolCalls: [{ name: 'add', arguments: {} }] })
    const { choices } = await chat(proxied, { tool_choice: named, stream })
    expect(choices).toMatchObject([{ tool_calls: [{ name: 'add' }] }])
    expect(proxied.fake.chats.map(({ body }) => body.tool_choice)).toEqual([named])
  })

  test('is demanded in words where the server refuses the field, which is remembered', async () => {
    await using proxied = await openProxy()
    const { fake } = proxied
    fake.script(refusesChoice, { text: hermes('add'), split: 5, times: 2 })
    for (const _ of [1, 2]) {
      const { choices } = await chat(proxied, { tool_choice: named, stream })
      expect(choices).toMatchObject([{ tool_calls: [{ name: 'add' }], finish_reason: 'tool_calls' }])
    }
    expect(fake.chats).toHaveLength(3)
    for (const { body } of fake.chats.slice(1)) {
      expect(body).not.toHaveProperty('tool_choice')
      expect(body.tools).toEqual([tool('add')])
      expect(body.messages?.[0]?.content).toContain('You must call the function add now.')
    }
  })

  test('is demanded in words where the server ignores the field, and nothing of the first answer is seen', async () => {
    await using proxied = await openProxy()
    proxied.fake.script({ text: 'I would rather chat.', split: 3 }, { text: hermes('echo'), split: 5 })
    const { choices } = await chat(proxied, { tool_choice: 'required', stream })
    expect(choices).toMatchObject([{ content: '', tool_calls: [{ name: 'echo' }] }])
    expect(proxied.fake.chats[1]?.body.messages?.[0]?.content).toContain('You must call one of the functions now.')
  })

  test('is asked for once more, and then it is an error', async () => {
    await using proxied = await openProxy()
    proxied.fake.script(refusesChoice, { text: 'No.', times: 9 })
    expect(await chat(proxied, { tool_choice: 'required', stream })).toMatchObject({
      status: 502,
      error: {
        error: {
          message: 'The model did not make a call, which tool_choice demands, though it was told to twice.',
          type: 'upstream_error',
          param: 'tool_choice',
          code: 'model_failed',
        },
      },
    })
    expect(proxied.fake.chats).toHaveLength(3)
  })

  test('is not asked for again where the answer was cut off for its length', async () => {
    await using proxied = await openProxy()
    proxied.fake.script({ text: 'Let me th', finishReason: 'length' })
    const { choices } = await chat(proxied, { tool_choice: 'required', stream })
    expect(choices).toMatchObject([{ content: 'Let me th', finish_reason: 'length' }])
    expect(proxied.fake.chats).toHaveLength(1)
  })
})
