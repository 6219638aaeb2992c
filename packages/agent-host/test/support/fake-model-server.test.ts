import { connect } from 'node:net'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { type FakeModelServer, type FakeModelServerOptions, startFakeModelServer } from './fake-model-server.ts'

const hello = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] }
const tools = [{ type: 'function' as const, function: { name: 'f', parameters: { type: 'object' } } }]

function post(server: FakeModelServer, body: object, init: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${server.url}/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body), ...init })
}

function clientOf(server: FakeModelServer): OpenAI {
  return new OpenAI({ baseURL: server.url, apiKey: 'k', maxRetries: 0 })
}

/** The parsed `data:` lines of a stream, `[DONE]` too. */
async function eventsOf(response: Response): Promise<unknown[]> {
  const lines = (await response.text()).split(/\r\n|\n|\r/).filter((line) => line.startsWith('data: '))
  return lines.map((line) => (line === 'data: [DONE]' ? '[DONE]' : JSON.parse(line.slice(6))))
}

describe('answers', () => {
  test('come whole, with reasoning, calls, usage and one log entry each', async () => {
    await using server = await startFakeModelServer({ reasoningField: 'reasoning' })
    server.script({ text: 'Hi', reasoning: 'hm', toolCalls: [{ name: 'f', arguments: { a: 1 } }] })
    const answer = await clientOf(server).chat.completions.create(hello)
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Hi',
        reasoning: 'hm',
        tool_calls: [{ id: 'call_1_0_0', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
    })
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(0)
    expect(server.requests).toMatchObject([{ method: 'POST', path: '/v1/chat/completions', body: hello, status: 200 }])
  })

  test('stream to the same as they come whole, for each choice', async () => {
    await using server = await startFakeModelServer()
    server.script({
      choices: [{ text: '한국어 😀' }, { functionCall: { name: 'f', arguments: '{"city":"서울"}' } }],
      split: 'character',
      bytesPerWrite: 1,
    })
    const stream = clientOf(server).chat.completions.stream({ ...hello, n: 2, stream_options: { include_usage: true } })
    const { choices, usage } = await stream.finalChatCompletion()
    expect(choices[0]?.message.content).toBe('한국어 😀')
    expect(choices[1]).toMatchObject({
      finish_reason: 'function_call',
      message: { function_call: { name: 'f', arguments: '{"city":"서울"}' } },
    })
    expect(usage?.completion_tokens).toBeGreaterThan(0)
  })

  test('are cut where the script says', async () => {
    await using server = await startFakeModelServer()
    server.script({ text: 'abcdef', split: [1, 4] }, { text: 'abc', split: 2 }, { text: 'Whole', neverStreams: true })
    const contents = async (): Promise<string[]> => {
      const deltas = []
      for await (const chunk of await clientOf(server).chat.completions.create({ ...hello, stream: true })) {
        const content = chunk.choices[0]?.delta.content
        if (content != null && content !== '') deltas.push(content)
      }
      return deltas
    }
    expect(await contents()).toEqual(['a', 'bcd', 'ef'])
    expect(await contents()).toEqual(['ab', 'c'])
    const whole = await post(server, { ...hello, stream: true })
    expect(whole.headers.get('content-type')).toBe('application/json')
    expect(await whole.json()).toMatchObject({ choices: [{ message: { content: 'Whole' } }] })
  })

  test('may be made of the request, may wait, and repeat', async () => {
    await using server = await startFakeModelServer({ reply: { text: 'default' } })
    server.script(async (request) => ({ text: `${request.body.messages?.length} message` }), {
      text: 'twice',
      times: 2,
    })
    const texts = []
    for (let at = 0; at < 4; at++) {
      texts.push((await clientOf(server).chat.completions.create(hello)).choices[0]?.message.content)
    }
    expect(texts).toEqual(['1 message', 'twice', 'twice', 'default'])
  })
})

/** How many more prompt tokens each kind of request with tools costs than one without. */
async function toolTokens(options: FakeModelServerOptions): Promise<number[]> {
  await using server = await startFakeModelServer(options)
  const functions = tools.map((tool) => tool.function)
  const offers = [{}, { tools }, { functions }, { tools, tool_choice: 'none' as const }]
  const tokens: number[] = []
  for (const offer of offers) {
    const answer = await clientOf(server).chat.completions.create({ ...hello, ...offer })
    tokens.push(answer.usage?.prompt_tokens ?? Number.NaN)
  }
  return tokens.slice(1).map((count) => count - (tokens[0] ?? Number.NaN))
}

test('prompt tokens grow with the tools that the template renders', async () => {
  const [some] = await toolTokens({})
  expect(some).toBeGreaterThan(0)
  expect(await toolTokens({})).toEqual([some, 0, some])
  expect(await toolTokens({ rendersToolsUnderNone: false })).toEqual([some, 0, 0])
  expect((await toolTokens({ rendersTools: 'functions' })).map(Math.sign)).toEqual([0, 1, 0])
  expect(await toolTokens({ rendersTools: 'none' })).toEqual([0, 0, 0])
})

describe('faults', () => {
  const streaming = { ...hello, stream: true }

  test('a stall ends with the client, and the log says so', async () => {
    await using server = await startFakeModelServer()
    server.script({ text: 'abc', split: 1, fault: { kind: 'stall', after: 2 } }, { noReply: 'stall' })
    for (const at of [1, 2]) {
      const leaving = new AbortController()
      const answer = post(server, streaming, { signal: leaving.signal }).then((response) => response.text())
      const request = await server.received(at)
      expect(request.aborted).toBe(false)
      leaving.abort()
      await expect(answer).rejects.toThrow('abort')
      await request.closed
      expect(request.aborted).toBe(true)
    }
  })

  test('a stall may end by itself', async () => {
    await using server = await startFakeModelServer()
    const gate = Promise.withResolvers<void>()
    server.script({ text: 'abc', split: 1, fault: { kind: 'stall', after: 2, until: gate.promise } })
    const response = await post(server, streaming)
    gate.resolve()
    expect(await eventsOf(response)).toHaveLength(6)
    expect(server.requests[0]?.aborted).toBe(false)
  })

  test('dropped connections', async () => {
    await using server = await startFakeModelServer()
    server.script({ text: 'abc', split: 1, fault: { kind: 'drop', after: 2 } }, { noReply: 'drop' })
    const reader = (await post(server, streaming)).body?.getReader()
    let text = ''
    await expect(async () => {
      for (;;) text += new TextDecoder().decode((await reader?.read())?.value)
    }).rejects.toThrow('terminated')
    expect(text).toContain('"content":"a"')
    expect(text).not.toContain('"content":"b"')
    await expect(post(server, hello)).rejects.toThrow('fetch failed')
    server.script({ noReply: 'stall' })
    const stalled = post(server, hello)
    await Promise.all([
      expect(stalled).rejects.toThrow('fetch failed'),
      server.received(3).then(() => server.killConnections()),
    ])
    expect((await post(server, hello)).status).toBe(200)
  })

  test('malformed streams', async () => {
    await using server = await startFakeModelServer()
    const text = async (): Promise<string> => (await post(server, streaming)).text()
    server.script({ text: 'a', fault: { kind: 'bad-json', after: 1 } })
    expect(await text()).toContain('"delta":{"cont\n\n')
    server.script({ text: 'a', done: false }, { text: 'a', fault: { kind: 'end', after: 1 } })
    expect(await text()).toMatch(/"finish_reason":"stop"\}\]\}\n\n$/)
    expect(await text()).toMatch(/"role":"assistant"[^\n]*\n\n$/)
    server.script({ text: 'a', lineEnd: '\r\n', heartbeat: true, multiLine: true })
    expect(await text()).toMatch(/^: ping\r\n\r\ndata: \{\r\ndata: {2}"id"/)
    server.script({ text: 'a', fault: { kind: 'error', after: 2 } })
    expect((await eventsOf(await post(server, streaming))).slice(-2)).toMatchObject([
      { error: { message: expect.stringMatching(/^EngineCore/), type: 'InternalServerError', code: 500 } },
      '[DONE]',
    ])
    server.script({ raw: 'data: anything', bytesPerWrite: 2 })
    expect(await text()).toBe('data: anything')
  })
})

function similarity(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0)
}

describe('the other routes', () => {
  test('models, health and version', async () => {
    await using server = await startFakeModelServer({ models: ['a', 'org/b'], contextLength: 10 })
    const client = clientOf(server)
    expect((await client.models.list()).data).toMatchObject([{ id: 'a', max_model_len: 10 }, { id: 'org/b' }])
    expect(await client.models.retrieve('org/b')).toMatchObject({ id: 'org/b' })
    await expect(client.models.retrieve('c')).rejects.toThrow('404')
    expect((await fetch(`${server.origin}/health`)).status).toBe(200)
    expect(await (await fetch(`${server.origin}/version`)).json()).toHaveProperty('version')
    await using bare = await startFakeModelServer({ modelList: 'bare', routes: { '/health': { status: 503 } } })
    expect((await clientOf(bare).models.list()).data[0]).not.toHaveProperty('max_model_len')
    expect((await fetch(`${bare.origin}/health`)).status).toBe(503)
  })

  test('text completions', async () => {
    await using server = await startFakeModelServer({ reply: { text: 'abc', split: 2 } })
    const request = { model: 'm', prompt: 'x' }
    expect((await clientOf(server).completions.create(request)).choices[0]?.text).toBe('abc')
    const pieces = []
    for await (const { choices } of await clientOf(server).completions.create({ ...request, stream: true })) {
      pieces.push(choices[0]?.text)
    }
    expect(pieces).toEqual(['ab', 'c', ''])
  })

  test('embeddings are the same for the same text, nearer for shared words, in both encodings', async () => {
    await using server = await startFakeModelServer({ dimensions: 32 })
    const input = ['the server is slow', 'the server is fast', 'la mer est bleue']
    const vectors = async (format: 'float' | 'base64'): Promise<number[][]> => {
      const client = clientOf(server)
      const { data } = await client.embeddings.create({ model: 'm', input, encoding_format: format })
      if (format === 'float') return data.map((item) => item.embedding)
      return data.map((item) => [
        ...new Float32Array(Uint8Array.from(Buffer.from(String(item.embedding), 'base64')).buffer),
      ])
    }
    const [a = [], b = [], c = []] = await vectors('float')
    expect(similarity(a, a)).toBeCloseTo(1)
    expect(similarity(a, b)).toBeGreaterThan(similarity(a, c))
    expect((await vectors('base64'))[0]?.[0]).toBeCloseTo(a[0] ?? Number.NaN, 6)
  })
})

describe('closing', () => {
  test('ends every connection, and may be done twice', async () => {
    const server = await startFakeModelServer()
    server.script({ noReply: 'stall' })
    const idle = connect(server.port, '127.0.0.1')
    const idleClosed = new Promise((resolve) => idle.once('close', resolve))
    const stalled = post(server, hello)
    const closing = server.received(1).then(() => server.close())
    await expect(stalled).rejects.toThrow('fetch failed')
    await Promise.all([closing, idleClosed])
    await server.close()
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
    await using again = await startFakeModelServer({ port: server.port })
    expect((await post(again, hello)).status).toBe(200)
  })

  test('tells of a script that threw', async () => {
    const server = await startFakeModelServer()
    server.script(() => {
      throw new Error('unexpected request')
    })
    expect((await post(server, hello)).status).toBe(500)
    await expect(server.close()).rejects.toThrow('unexpected request')
  })
})
