import OpenAI, { AuthenticationError, RateLimitError } from 'openai'
import { expect, test } from 'vitest'
import { createKey, hashOf } from '../../../src/config/api-key.ts'
import { openProxy } from '../../support/open-proxy.ts'

const key = createKey()
const apiKeys = [{ name: 'alice', hash: hashOf(key), requestsPerMinute: 3 }]
const request = { model: 'm', messages: [{ role: 'user' as const, content: 'x' }] }

test("OpenAI's client is let in with a key, and throws its own errors without one and beyond its limit", async () => {
  await using proxy = await openProxy({}, { apiKeys })
  const clientOf = (apiKey: string) => new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey, maxRetries: 0 })
  const client = clientOf(key)
  expect((await client.chat.completions.create(request)).choices[0]?.message.content).toBe('Hello.')
  expect((await client.models.list()).data).toHaveLength(1)

  const refused: unknown = await clientOf('sk-wrong')
    .chat.completions.create(request)
    .catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(AuthenticationError)
  expect(refused).toMatchObject({ type: 'invalid_request_error', code: 'invalid_api_key', param: null })

  const { data, response } = await client.chat.completions.create(request).withResponse()
  expect(data.choices).toHaveLength(1)
  expect(response.headers.get('x-ratelimit-limit-requests')).toBe('3')
  expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('0')
  const limited: unknown = await client.models.list().catch((error: unknown) => error)
  expect(limited).toBeInstanceOf(RateLimitError)
  expect(limited).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' })
  expect(proxy.fake.requests).toHaveLength(3)
})

test("a key of ours never reaches the model server, whatever else the caller's headers hold", async () => {
  await using proxy = await openProxy({}, { apiKeys })
  for (const headers of [
    { authorization: `Bearer ${key}` },
    { 'x-api-key': key, authorization: 'Bearer sk-upstream' },
  ] as Record<string, string>[]) {
    const init = { headers: { ...headers, 'content-type': 'application/json' } }
    expect((await proxy.post('/v1/chat/completions', request, init)).status).toBe(200)
  }
  expect(proxy.fake.chats).toHaveLength(2)
  expect(JSON.stringify(proxy.fake.requests.map(({ headers }) => headers))).not.toContain(key)
  expect(proxy.fake.chats.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
})

test('/health tells its status to everyone, and the rest to those with a key', async () => {
  await using proxy = await openProxy({}, { apiKeys })
  expect(await (await fetch(`${proxy.url}/health`)).json()).toEqual({ status: 'ok' })
  const known = await fetch(`${proxy.url}/health`, { headers: { 'x-api-key': key } })
  expect(await known.json()).toMatchObject({ status: 'ok', version: expect.any(String) as string })
})
