import { describe, expect, test } from 'vitest'
import { openProxy } from '../../support/open-proxy.ts'

const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

/** The same request to the model server itself. */
async function direct(url: string, path: string, body: unknown): Promise<string> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return await (await fetch(url + path, init)).text()
}

describe('bytes pass as they are', () => {
  test.each([
    ['a chat completion', '/v1/chat/completions', { ...chat, top_k: 3, guided_json: { a: 1 } }],
    ['one without /v1', '/chat/completions', chat],
    ['a streamed one', '/v1/chat/completions', { ...chat, stream: true, stream_options: { include_usage: true } }],
    ['a completion', '/v1/completions', { model: 'm', prompt: 'hi' }],
    ['a streamed completion', '/v1/completions', { model: 'm', prompt: 'hi', stream: true }],
    ['embeddings', '/v1/embeddings', { model: 'm', input: ['a', '안녕'], encoding_format: 'base64' }],
  ])('of %s', async (_name, path, body) => {
    const raw = 'data: {"vendor":  1,"choices":[{"finish_reason":"stop"}]}\r\n\r\n: ping\n\ndata: [DONE]\n\n'
    await using proxied = await openProxy({ reply: { text: '안녕하세요. <think>x', reasoning: 'hm', split: 1 } })
    const { fake } = proxied
    const text = JSON.stringify(body, undefined, 1)
    const response = await proxied.post(path, text)
    const [request] = fake.requests
    expect(request?.bytes.toString()).toBe(text)
    const unnumbered = (answer: string): string => answer.replaceAll(/chatcmpl-fake-\d/g, '')
    const expected = await direct(fake.origin, path.startsWith('/v1') ? path : `/v1${path}`, body)
    expect(unnumbered(await response.text())).toBe(unnumbered(expected))
    if (!path.includes('embeddings')) {
      fake.script({ raw, headers: { 'content-type': 'text/event-stream', 'x-request-id': 'abc' } })
      const odd = await proxied.post(path, body)
      expect(await odd.text()).toBe(raw)
      expect(odd.headers.get('x-request-id')).toBe('abc')
    }
  })
})
