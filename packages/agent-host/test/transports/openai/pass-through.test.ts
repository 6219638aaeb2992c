import { expect, test } from 'vitest'
import { openProxy } from '../../support/open-proxy.ts'

const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

/** The same request to the model server itself. */
async function direct(url: string, path: string, body: unknown): Promise<string> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return await (await fetch(url + path, init)).text()
}

/** The fake server numbers its answers. */
const withoutNumber = (answer: string): string => answer.replaceAll(/chatcmpl-fake-\d/g, '')

test.each([
  ['a chat completion', '/v1/chat/completions', { ...chat, top_k: 3, guided_json: { a: 1 } }],
  ['a streamed chat completion', '/v1/chat/completions', { ...chat, stream: true, stream_options: {} }],
  ['a completion', '/v1/completions', { model: 'm', prompt: 'hi' }],
  ['a streamed completion', '/v1/completions', { model: 'm', prompt: 'hi', stream: true }],
  ['embeddings', '/v1/embeddings', { model: 'm', input: ['a', '안녕'], encoding_format: 'base64' }],
])('%s passes byte for byte, both ways', async (_name, path, body) => {
  await using proxied = await openProxy({ reply: { text: '안녕하세요. <think>x', reasoning: 'hm', split: 1 } })
  const { fake } = proxied
  const text = JSON.stringify(body, undefined, 1)
  const answer = await (await proxied.post(path, text)).text()
  expect(fake.requests[0]?.bytes.toString()).toBe(text)
  expect(withoutNumber(answer)).toBe(withoutNumber(await direct(fake.origin, path, body)))
})

test.each(['/v1/chat/completions', '/chat/completions', '/v1/completions'])(
  'a stream of %s is not looked into: comments, odd line ends and spaces stay, and so do safe headers',
  async (path) => {
    await using proxied = await openProxy()
    const raw = 'data: {"vendor":  1,"choices":[{"finish_reason":"stop"}]}\r\n\r\n: ping\n\ndata: [DONE]\n\n'
    proxied.fake.script({ raw, headers: { 'content-type': 'text/event-stream', 'x-request-id': 'abc', server: 'x' } })
    const answer = await proxied.post(path, { ...chat, stream: true })
    expect(await answer.text()).toBe(raw)
    expect(answer.headers.get('x-request-id')).toBe('abc')
    expect(answer.headers.get('server')).toBeNull()
  },
)
