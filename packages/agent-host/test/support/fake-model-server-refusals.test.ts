import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { type FakeModelServer, startFakeModelServer } from './fake-model-server.ts'

const hello = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] }
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]

function post(server: FakeModelServer, body: object): Promise<Response> {
  return fetch(`${server.url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) })
}

describe('refusals', () => {
  const user = { role: 'user', content: 'Hello' }
  const system = { role: 'system', content: 'Be brief.' }
  const image = { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }] }
  const calls = [{ id: '1' }, { id: '2' }]
  test.each([
    ['tools', { tools }, 500, 'tools param requires --jinja flag'],
    ['toolChoice', { tools }, 400, /^"auto" tool choice requires --enable-auto-tool-choice/],
    ['functions', { functions: [{ name: 'f' }] }, 400, /extra_forbidden/],
    ['emptyTools', { tools: [] }, 400, /must not be an empty array/],
    ['toolRole', { messages: [user, { role: 'tool', content: '1' }] }, 400, /roles are supported/],
    ['functionRole', { messages: [user, { role: 'function', content: '1' }] }, 400, /Unexpected message role/],
    ['toolCalls', { messages: [user, { role: 'assistant', content: '', tool_calls: [] }] }, 400, /no attribute/],
    ['nullContent', { messages: [user, { role: 'assistant', content: null }] }, 400, /NoneType/],
    ['system', { messages: [system, user] }, 400, /System role not supported/],
    ['secondSystem', { messages: [system, system, user] }, 400, /must alternate/],
    ['lateSystem', { messages: [user, system] }, 400, /must be at the beginning/],
    ['developer', { messages: [{ ...system, role: 'developer' }, user] }, 400, /Unexpected message role/],
    ['alternation', { messages: [system, user, user] }, 400, /must alternate/],
    ['parallelCalls', { messages: [user, { role: 'assistant', content: '', tool_calls: calls }] }, 400, /single/],
    ['responseFormat', { response_format: { type: 'json_object' } }, 400, /must be 'text'/],
    ['images', { messages: [image] }, 400, /At most 0 image/],
  ] as const)('%s', async (name, part, status, message) => {
    await using server = await startFakeModelServer({ refuse: { [name]: true } })
    const refused = await post(server, { ...hello, ...part })
    expect(refused.status).toBe(status)
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringMatching(message) } })
    expect((await post(server, hello)).status).toBe(200)
  })

  test('take nothing from the script, and have the status, words and shape that a test names', async () => {
    await using server = await startFakeModelServer({
      refuse: { tools: { status: 400, message: 'no tools here' }, emptyTools: 422 },
      errorShape: 'vllm-flat',
    })
    server.script({ text: 'kept' })
    const refused = await post(server, { ...hello, tools })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toEqual({
      object: 'error',
      message: 'no tools here',
      type: 'BadRequestError',
      param: null,
      code: 400,
    })
    expect((await post(server, { ...hello, tools: [] })).status).toBe(422)
    expect(await (await post(server, hello)).json()).toMatchObject({ choices: [{ message: { content: 'kept' } }] })
  })

  test('wrong key, unknown model, unknown path', async () => {
    await using server = await startFakeModelServer({ apiKey: 'secret' })
    expect((await post(server, hello)).status).toBe(401)
    const client = new OpenAI({ baseURL: server.url, apiKey: 'secret', maxRetries: 0 })
    expect((await client.chat.completions.create(hello)).choices).toHaveLength(1)
    await expect(client.chat.completions.create({ ...hello, model: 'x' })).rejects.toThrow('404 The model `x` does not')
    await expect(client.get('/nothing')).rejects.toThrow('404')
  })

  test('busy for a while', async () => {
    await using server = await startFakeModelServer()
    server.script({ status: 429, retryAfter: 1, times: 2 })
    const busy = await post(server, hello)
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await busy.json()).toMatchObject({ error: { message: 'Too Many Requests', type: 'rate_limit_error' } })
    expect((await post(server, hello)).status).toBe(429)
    expect((await post(server, hello)).status).toBe(200)
  })
})
