import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { GuardedClientOptions } from '../../../src/tools/http-request/guarded-client.ts'
import { createHttpRequest } from '../../../src/tools/http-request/http-request.ts'
import type { Profile } from '../../../src/tools/http-request/profile.ts'
import { callHttpRequest } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork } from '../../support/fake-network.ts'

let network: FakeNetwork

afterEach(() => network.close())

const address = '93.184.215.14'
const names = { 'example.com': [[address]], 'www.example.org': [[address]] }
const secret = 'sk-live-8f3a/+="%'
const bearer: Profile = { name: 'api', origin: 'https://example.com', bearer: true, secret }

interface Seen {
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

/** Calls a network that follows `locations` and says what each hop was sent. */
async function call(
  args: Readonly<Record<string, unknown>>,
  options: Partial<GuardedClientOptions> = {},
  locations: Readonly<Record<string, string>> = {},
) {
  const seen: Seen[] = []
  network = await createFakeNetwork({
    names,
    respond(request: IncomingMessage, response: ServerResponse, url: string) {
      seen.push({ url, headers: request.headers })
      const location = locations[url]
      response.writeHead(location === undefined ? 200 : 302, location === undefined ? {} : { location }).end('body')
    },
  })
  const everything = { ...network.options, allow: 'example.com www.example.org', profiles: [bearer], ...options }
  return { outcome: await callHttpRequest(everything, args), seen }
}

test.each<[Partial<Profile>, string, string]>([
  [{ bearer: true }, 'authorization', `Bearer ${secret}`],
  [{ header: 'X-Api-Key' }, 'x-api-key', secret],
  [{ basic: 'ann' }, 'authorization', `Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`],
  [{ basic: true, secret: 'ann:pass' }, 'authorization', `Basic ${Buffer.from('ann:pass').toString('base64')}`],
])('the profile %j sends the header %s', async (way, header, value) => {
  const profile: Profile = { name: 'api', origin: 'https://example.com', secret, ...way }
  for (const auth of ['api', undefined]) {
    const { outcome, seen } = await call({ url: 'https://example.com/', auth }, { profiles: [profile] })
    expect(outcome.answer).toMatchObject({ status: 200, auth: 'api' })
    expect(seen[0]?.headers[header]).toBe(value)
    await network.close()
  }
  network = await createFakeNetwork()
})

test('a query parameter is added as it is, and not to the answer', async () => {
  const profile: Profile = { name: 'api', origin: 'https://example.com', query: 'api key', secret }
  const url = 'https://example.com/a?x=%2F+b&y'
  const { outcome, seen } = await call({ url }, { profiles: [profile] })
  expect(seen[0]?.url).toBe(`${url}&api%20key=${encodeURIComponent(secret)}`)
  expect(outcome.answer?.url).toBe(url)
})

test.each([
  ['http://example.com/', 'the scheme'],
  ['https://example.com:8443/', 'the port'],
  ['https://www.example.org/', 'the host'],
  ['https://example.com./', 'a final dot'],
])('%s is sent nothing, differing by %s', async (url) => {
  const options = { allow: 'example.com:* www.example.org', profiles: [bearer] }
  const { outcome, seen } = await call({ url, auth: 'api' }, options)
  expect(outcome).toMatchObject({
    code: 'blocked_auth',
    message: expect.stringContaining('for https://example.com only'),
  })
  expect(seen).toEqual([])
  await network.close()
  const unasked = await call({ url }, options)
  expect(unasked.seen.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

test.each([
  ['', 'https://example.com/'],
  ['example.com/v1', 'https://example.com/v2'],
  ['POST=example.com', 'https://example.com/'],
])('under the rule %j, %s is not listed and gets no secret', async (allow, url) => {
  const asked = await call({ url, auth: 'api' }, { allow })
  expect(asked.outcome).toMatchObject({ code: 'blocked_auth', message: expect.stringContaining('HTTP_ALLOW') })
  expect(asked.seen).toEqual([])
  await network.close()
  const { seen } = await call({ url }, { allow })
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

test('a call may want no profile, has to choose among several, and cannot name an unknown one', async () => {
  const { seen } = await call({ url: 'https://example.com/', auth: 'none' })
  expect(seen[0]?.headers.authorization).toBeUndefined()
  await network.close()
  const several = [bearer, { ...bearer, name: 'other', secret: 'another-secret' }]
  const first = await call({ url: 'https://example.com/' }, { profiles: several })
  expect(first.seen[0]?.headers.authorization).toBeUndefined()
  await network.close()
  const second = await call({ url: 'https://example.com/', auth: 'other' }, { profiles: several })
  expect(second.seen[0]?.headers.authorization).toBe('Bearer another-secret')
  await network.close()
  const unknown = await call({ url: 'https://example.com/', auth: 'mine' })
  expect(unknown.outcome).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('auth') })
})

test.each<[Partial<Profile>, Record<string, unknown>, string]>([
  [{ bearer: true }, { headers: { Authorization: 'Bearer own' } }, 'blocked_header'],
  [{ header: 'x-api-key' }, { headers: { 'X-API-KEY': 'own' } }, 'blocked_header'],
  [{ header: 'x-api-key', cookies: true }, { headers: { cookie: 'a=b' } }, 'blocked_header'],
  [{ query: 'key' }, { query: { key: 'own' } }, 'blocked_auth'],
])('what belongs to the profile %j cannot be given by the caller: %j', async (way, args, code) => {
  const profiles = [{ name: 'api', origin: 'https://example.com', secret, ...way }]
  const { outcome, seen } = await call({ url: 'https://example.com/', ...args }, { profiles })
  expect(outcome).toMatchObject({ code, message: expect.stringContaining('belongs to the profile api') })
  expect(seen).toEqual([])
})

test('a secret goes along within its origin, never beyond it, and does not come back', async () => {
  const locations = {
    'https://example.com/': '/same',
    'https://example.com/same': 'https://www.example.org/',
    'https://www.example.org/': 'https://example.com/again',
  }
  const { seen } = await call({ url: 'https://example.com/' }, {}, locations)
  expect(seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ['https://example.com/', `Bearer ${secret}`],
    ['https://example.com/same', `Bearer ${secret}`],
    ['https://www.example.org/', undefined],
    ['https://example.com/again', undefined],
  ])
})

test('a redirect to the profile’s origin brings no secret, nor does one to its own http', async () => {
  const there = await call(
    { url: 'https://www.example.org/' },
    {},
    { 'https://www.example.org/': 'https://example.com/' },
  )
  expect(there.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
  await network.close()
  const down = await call({ url: 'https://example.com/' }, {}, { 'https://example.com/': 'http://example.com/' })
  expect(down.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${secret}`, undefined])
})

test('within its origin a secret leaves no listed path', async () => {
  const locations = { 'https://example.com/v1': '/v2' }
  const { seen } = await call({ url: 'https://example.com/v1' }, { allow: 'example.com/v1' }, locations)
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${secret}`, undefined])
})

test('a redirect that carries the secret elsewhere is not followed', async () => {
  for (const written of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
    const locations = { 'https://example.com/': `https://www.example.org/?stolen=${written}` }
    const { outcome, seen } = await call({ url: 'https://example.com/' }, {}, locations)
    expect(seen).toHaveLength(1)
    expect(outcome.answer).toMatchObject({
      status: 302,
      headers: { location: expect.stringMatching(/\?stolen=\[redacted:api\].{0,3}$/) },
    })
    await network.close()
  }
  network = await createFakeNetwork()
})

test('a parameter that a redirect brings back is sent once', async () => {
  const profile: Profile = { name: 'api', origin: 'https://example.com', query: 'key', secret: 'secret-1' }
  const locations = { 'https://example.com/?key=secret-1': '/next?key=secret-1&x=1' }
  const { outcome, seen } = await call({ url: 'https://example.com/' }, { profiles: [profile] }, locations)
  expect(seen.map(({ url }) => url)).toEqual([
    'https://example.com/?key=secret-1',
    'https://example.com/next?x=1&key=secret-1',
  ])
  expect(JSON.stringify(outcome)).not.toContain('secret-1')
  expect(outcome.answer).toMatchObject({ url: 'https://example.com/next?key=[redacted:api]&x=1' })
})

test('models see names and origins, and no `auth` where there is no profile', async () => {
  network = await createFakeNetwork()
  const { input } = createHttpRequest({ profiles: [bearer] })
  const listed = JSON.stringify(input.toJSONSchema())
  expect(listed).toContain('api for https://example.com')
  expect(listed).not.toContain('sk-live')
  expect(Object.keys(createHttpRequest({}).input.shape)).not.toContain('auth')
  expect(await callHttpRequest(network.options, { url: 'https://example.com/', auth: 'api' })).toMatchObject({
    code: 'invalid_arguments',
  })
})

test('connections and answers are not shared between profiles', async () => {
  const paths: (string | undefined)[] = []
  network = await createFakeNetwork({
    names,
    respond(request, response) {
      paths.push(request.headers.authorization)
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(request.headers.authorization?.length.toString())
    },
  })
  const other = { ...bearer, name: 'other', secret: 'another-secret' }
  const tool = createHttpRequest({ ...network.options, allow: 'example.com', profiles: [bearer, other] })
  const { signal } = new AbortController()
  for (const auth of ['api', 'other', 'none', 'api', 'other', 'none']) {
    await tool.run({ url: 'https://example.com/', auth }, { signal })
  }
  await tool.close?.()
  expect(paths).toEqual([`Bearer ${secret}`, 'Bearer another-secret', undefined])
  expect(network.dialled).toHaveLength(3)
})

/** What the server was sent as cookies, call by call, where each answer sets `setCookies`. */
async function cookiesOf(
  setCookies: readonly string[],
  urls: readonly string[],
  profile: Partial<Profile>,
): Promise<(string | undefined)[]> {
  const sent: (string | undefined)[] = []
  network = await createFakeNetwork({
    names: new Proxy({}, { get: () => [[address]] }),
    respond(request, response) {
      sent.push(request.headers.cookie)
      response.writeHead(200, { 'set-cookie': [...setCookies] }).end(`echo ${request.headers.cookie}`)
    },
  })
  const profiles = [
    { ...bearer, ...profile },
    { ...bearer, name: 'other', origin: 'http://app.example.com', secret: 'another-secret', cookies: true },
  ]
  const tool = createHttpRequest({ ...network.options, allow: '*.example.com example.com', profiles })
  const { signal } = new AbortController()
  for (const url of urls) {
    const { structured } = await tool.run({ url }, { signal })
    expect(JSON.stringify(structured)).not.toContain('session-value')
  }
  await tool.close?.()
  return sent
}

test('cookies are kept where that is switched on, for their own profile and paths', async () => {
  const set = ['id=session-value; Path=/; HttpOnly', 'deep=1; Path=/deep', 'secure=1; Secure']
  const origin = 'https://example.com'
  expect(await cookiesOf(set, [`${origin}/`, `${origin}/`, `${origin}/deep`], { cookies: true })).toEqual([
    undefined,
    'id=session-value; secure=1',
    'deep=1; id=session-value; secure=1',
  ])
  await network.close()
  expect(await cookiesOf(set, [`${origin}/`, `${origin}/`], {})).toEqual([undefined, undefined])
})

test('cookies of one profile never reach another, whatever domain they name', async () => {
  const set = ['a=1; Domain=example.com', 'b=1; Domain=com', 'c=1; Domain=evil.example']
  const urls = ['https://example.com/', 'http://app.example.com/', 'https://example.com/']
  expect(await cookiesOf(set, urls, { cookies: true })).toEqual([undefined, undefined, 'a=1'])
})

test('a profile may be nothing but a cookie jar', async () => {
  const profile = { secret: undefined, bearer: undefined, cookies: true }
  const urls = ['https://example.com/', 'https://example.com/']
  expect(await cookiesOf(['id=session-value'], urls, profile)).toEqual([undefined, 'id=session-value'])
})
