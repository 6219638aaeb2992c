import { describe, expect, test } from 'vitest'
import { assembleStream, assembleWhole } from '../../support/chat-stream.ts'
import type { Answer } from '../../support/fake-model-server.ts'
import { type OpenedProxy, openProxy } from '../../support/open-proxy.ts'

const tools = [
  {
    type: 'function',
    function: { name: 'echo', parameters: { type: 'object', properties: { text: { type: 'string' } } } },
  },
]
const ask = { messages: [{ role: 'user', content: 'Say hello.' }], tools }
const args = '{"text": "안녕"}'

/** How models of these families write the same call. */
const dialects: [string, string, string][] = [
  [
    'Harmony',
    'openai/gpt-oss-20b',
    '<|channel|>analysis<|message|>Say it.<|end|><|start|>assistant<|channel|>commentary to=functions.echo ' +
      `<|constrain|>json<|message|>${args}<|call|>`,
  ],
  ['Hermes', 'Qwen/Qwen2.5-7B-Instruct', `Sure.\n<tool_call>\n{"name": "echo", "arguments": ${args}}\n</tool_call>`],
  [
    'GLM',
    'zai-org/GLM-4.5',
    'Sure.<tool_call>echo\n<arg_key>text</arg_key>\n<arg_value>안녕</arg_value>\n</tool_call>',
  ],
  [
    '<invoke>',
    'MiniMaxAI/MiniMax-M2',
    '<minimax:tool_call>\n<invoke name="echo">\n<parameter name="text">안녕</parameter>\n</invoke>\n</minimax:tool_call>',
  ],
]

async function stream(proxied: OpenedProxy, body: object): Promise<ReturnType<typeof assembleStream>> {
  const response = await proxied.post('/v1/chat/completions', { ...ask, stream: true, ...body })
  return assembleStream(await response.text())
}

async function whole(proxied: OpenedProxy, body: object): Promise<ReturnType<typeof assembleWhole>> {
  const response = await proxied.post('/v1/chat/completions', { ...ask, ...body })
  return assembleWhole(await response.json())
}

describe.each(dialects)('a call in the text, in %s', (_name, model, text) => {
  test('is a tool call, however the stream is cut', async () => {
    await using proxied = await openProxy({ models: [model] })
    const expected = {
      tool_calls: [{ name: 'echo', arguments: expect.stringMatching(/^\{"text": ?"안녕"\}$/) as string }],
      finish_reason: 'tool_calls',
    }
    proxied.fake.script({ text, times: 3 })
    const [answer] = await whole(proxied, { model })
    expect(answer).toMatchObject(expected)
    const splits = [...Array.from({ length: text.length }, (_, cut) => [cut]), 'character' as const, 3]
    for (const split of splits) {
      proxied.fake.script({ text, split })
      const { choices, done } = await stream(proxied, { model })
      expect(choices, `cut at ${String(split)}`).toMatchObject([expected])
      expect(choices[0]).toMatchObject({ content: answer?.content, reasoning: answer?.reasoning })
      expect(done).toBe(true)
    }
  })
})

test('an argument streams while the model still writes it', async () => {
  await using proxied = await openProxy({ models: ['Qwen/Qwen2.5-7B-Instruct'] })
  const text = `<tool_call>{"name": "echo", "arguments": {"text": "a long argument"}}</tool_call>`
  proxied.fake.script({ text, split: 'character' })
  const { chunks } = await stream(proxied, { model: 'Qwen/Qwen2.5-7B-Instruct' })
  const deltas = chunks.flatMap(({ choices = [] }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []))
  expect(deltas[0]).toMatchObject({ index: 0, id: expect.stringMatching(/^call_/) as string, type: 'function' })
  expect(deltas[0]?.function).toMatchObject({ name: 'echo' })
  expect(deltas.length).toBeGreaterThan(10)
})

describe('what a model server sends besides', () => {
  const extra: Answer = {
    text: 'Hello there',
    reasoning: 'Hm.',
    split: 3,
    logprobs: { content: [{ token: 'x', logprob: -1 }] },
    extra: { stop_reason: 7 },
    envelope: { system_fingerprint: 'fp', vendor: { a: 1 } },
  }

  test('stays where it was, streamed', async () => {
    await using proxied = await openProxy({ models: ['m'], reasoningField: 'reasoning_content' })
    proxied.fake.script(extra)
    const body = { model: 'm', n: 2, logprobs: true, stream_options: { include_usage: true } }
    const { choices, chunks, usage, done } = await stream(proxied, body)
    expect(choices).toMatchObject([
      { content: 'Hello there', reasoning: 'Hm.', finish_reason: 'stop' },
      { content: 'Hello there', reasoning: 'Hm.', finish_reason: 'stop' },
    ])
    expect(choices[0]?.logprobs.length).toBeGreaterThan(4)
    expect(chunks.every(({ system_fingerprint: fingerprint }) => fingerprint === 'fp')).toBe(true)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage })
    expect(chunks.at(-2)?.choices?.[0]).toMatchObject({ stop_reason: 7 })
    expect(done).toBe(true)
  })

  test('may be a refusal, and several choices of which each is read by itself', async () => {
    await using proxied = await openProxy({ models: ['m'] })
    const text = `<tool_call>{"name":"echo","arguments":${args}}</tool_call>`
    const choices = [{ text }, { text: 'No call.' }, { refusal: 'I cannot.' }, { text: `Two: ${text}\n${text}` }]
    proxied.fake.script({ choices, split: 4, times: 2 })
    const expected = [
      { content: '', tool_calls: [{ name: 'echo', arguments: args }], finish_reason: 'tool_calls' },
      { content: 'No call.', tool_calls: [], finish_reason: 'stop' },
      { refusal: 'I cannot.', finish_reason: 'stop' },
      { content: 'Two: ', tool_calls: [{ name: 'echo' }, { name: 'echo' }], finish_reason: 'tool_calls' },
    ]
    expect((await stream(proxied, { model: 'm', n: 4 })).choices).toMatchObject(expected)
    expect(await whole(proxied, { model: 'm', n: 4 })).toMatchObject(expected)
  })

  test('stays where it was, whole', async () => {
    await using proxied = await openProxy({ models: ['m'] })
    proxied.fake.script({ ...extra, text: `<tool_call>{"name":"echo","arguments":${args}}</tool_call>` })
    const response = await proxied.post('/v1/chat/completions', { ...ask, model: 'm' })
    expect(await response.json()).toMatchObject({
      vendor: { a: 1 },
      choices: [
        {
          logprobs: extra.logprobs,
          stop_reason: 7,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: null,
            reasoning: 'Hm.',
            reasoning_content: 'Hm.',
            tool_calls: [{ type: 'function', function: { name: 'echo', arguments: args } }],
          },
        },
      ],
    })
  })

  test('is the same bytes where nothing had to be edited', async () => {
    await using proxied = await openProxy({ models: ['m'] })
    const raw =
      ': hello\n\ndata: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n' +
      'data:  {"x":1.0, "choices":[{"index":0,"delta":{"content":"Hi 안녕"}}]}\n\nid: 3\ndata: {"choices":[]}\n\n' +
      'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    for (const bytesPerWrite of [1, 7, 1000]) {
      proxied.fake.script({ raw, bytesPerWrite })
      const response = await proxied.post('/v1/chat/completions', { ...ask, model: 'm', stream: true })
      expect(await response.text()).toBe(raw)
    }
  })

  test.each(['\r', '\r\n'] as const)('may end its lines in %j, in many pieces, with comments', async (lineEnd) => {
    await using proxied = await openProxy({ models: ['m'] })
    const text = `Hm. <tool_call>{"name":"echo","arguments":${args}}</tool_call>`
    for (const bytesPerWrite of [1, 2, 5, 1000]) {
      proxied.fake.script({ text, split: 4, lineEnd, bytesPerWrite, heartbeat: true, multiLine: bytesPerWrite === 5 })
      const response = await proxied.post('/v1/chat/completions', { ...ask, model: 'm', stream: true })
      const events = (await response.text()).replaceAll(/: ping\s+/g, '')
      expect(events).toContain('"tool_calls"')
    }
  })
})

/** An event with one native call at index 0. */
function nativeCallEvent(id: string): string {
  const call = { index: 0, id, type: 'function', function: { name: 'echo', arguments: '{}' } }
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [call] } }] })}\n\n`
}

describe('native calls', () => {
  const native = { id: 'call_a', name: 'echo', arguments: args }

  test('pass untouched', async () => {
    await using proxied = await openProxy({ models: ['m'] })
    proxied.fake.script(
      { toolCalls: [native, { ...native, id: 'call_b' }], splitArguments: 3 },
      { toolCalls: [native] },
    )
    expect((await stream(proxied, { model: 'm' })).choices).toMatchObject([
      { tool_calls: [native, { ...native, id: 'call_b' }], finish_reason: 'tool_calls' },
    ])
    expect(await whole(proxied, { model: 'm' })).toMatchObject([{ tool_calls: [native], content: '' }])
  })

  test.each([false, true])('are not doubled where the server left their text too, streamed: %s', async (streamed) => {
    await using proxied = await openProxy({ models: ['m'] })
    const text = `<tool_call>{"name":"echo","arguments":{"text":"안녕"}}</tool_call>`
    proxied.fake.script({ text, toolCalls: [native], split: 5 })
    const body = { model: 'm' }
    const choices = streamed ? (await stream(proxied, body)).choices : await whole(proxied, body)
    expect(choices).toMatchObject([{ content: '', finish_reason: 'tool_calls' }])
    expect(choices[0]?.tool_calls).toHaveLength(1)
    expect(JSON.parse(choices[0]?.tool_calls[0]?.arguments ?? '')).toEqual({ text: '안녕' })
  })

  test('stand beside another call that was left in the text', async () => {
    await using proxied = await openProxy({ models: ['m'] })
    const text = `<tool_call>{"name":"echo","arguments":{"text":"other"}}</tool_call>`
    proxied.fake.script({ text, toolCalls: [native], split: 5, times: 1 })
    const { choices } = await stream(proxied, { model: 'm' })
    expect(choices[0]?.tool_calls.map((call) => call.arguments)).toEqual(['{"text":"other"}', args])
  })

  test('of one index are told apart by their ids', async () => {
    await using proxied = await openProxy({ models: ['m'] })
    const end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n'
    proxied.fake.script({ raw: nativeCallEvent('a') + nativeCallEvent('b') + end })
    const { choices } = await stream(proxied, { model: 'm' })
    expect(choices[0]?.tool_calls.map(({ id }) => id)).toEqual(['a', 'b'])
  })
})

describe('a call that the answer cuts off', () => {
  const text = 'Well: <tool_call>{"name": "echo", "arguments": {"text": "안'

  test('keeps what had left and shows its text, and the finish reason stays', async () => {
    await using proxied = await openProxy({ models: ['Qwen/Qwen2.5-7B-Instruct'] })
    proxied.fake.script({ text, split: 2, finishReason: 'length' })
    const { choices } = await stream(proxied, { model: 'Qwen/Qwen2.5-7B-Instruct' })
    expect(choices).toMatchObject([{ finish_reason: 'length', content: text, tool_calls: [{ name: 'echo' }] }])
  })

  test('is text alone where the answer is whole', async () => {
    await using proxied = await openProxy({ models: ['Qwen/Qwen2.5-7B-Instruct'] })
    proxied.fake.script({ text, finishReason: 'length' })
    const choices = await whole(proxied, { model: 'Qwen/Qwen2.5-7B-Instruct' })
    expect(choices).toMatchObject([{ finish_reason: 'length', content: text, tool_calls: [] }])
  })
})

test('a server that never streams is streamed for', async () => {
  await using proxied = await openProxy({ models: ['m'] })
  proxied.fake.script({ text: `<tool_call>{"name":"echo","arguments":${args}}</tool_call>`, neverStreams: true })
  const { choices, usage, done } = await stream(proxied, { model: 'm', stream_options: { include_usage: true } })
  expect(choices).toMatchObject([{ tool_calls: [{ name: 'echo', arguments: args }], finish_reason: 'tool_calls' }])
  expect(usage).toMatchObject({ total_tokens: expect.any(Number) as number })
  expect(done).toBe(true)
})

test('without conversion the text is left as it is', async () => {
  await using proxied = await openProxy({ models: ['m'] }, { toolCallConversion: false })
  const text = `<tool_call>{"name":"echo","arguments":${args}}</tool_call>`
  proxied.fake.script({ text })
  expect(await whole(proxied, { model: 'm' })).toMatchObject([{ content: text, tool_calls: [] }])
})
