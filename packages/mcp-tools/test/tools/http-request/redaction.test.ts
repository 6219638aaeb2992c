import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runs } from '../../../../../test/scale.ts'
import type { GuardedClientOptions } from '../../../src/tools/http-request/guarded-client.ts'
import { createHttpRequest } from '../../../src/tools/http-request/http-request.ts'
import type { Profile } from '../../../src/tools/http-request/profile.ts'
import { callHttpRequest, type Outcome } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork } from '../../support/fake-network.ts'

/** What the server answers, whatever it is asked. */
interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

let network: FakeNetwork
let reply: Reply

beforeAll(async () => {
  network = await createFakeNetwork({
    names: { 'example.com': [['93.184.215.14']] },
    respond(_request, response) {
      response.writeHead(reply.status ?? 200, { 'content-type': 'text/plain', ...reply.headers }).end(reply.body)
    },
  })
})

afterAll(() => network.close())

beforeEach(() => {
  reply = {}
})

const url = 'https://example.com/'
const bearer = (secret: string): Profile => ({ name: 'api', origin: 'https://example.com', bearer: true, secret })

async function call(
  profile: Profile,
  args: Readonly<Record<string, unknown>> = {},
  options: Partial<GuardedClientOptions> = {},
): Promise<Outcome> {
  return callHttpRequest(
    { ...network.options, allow: 'example.com', profiles: [profile], ...options },
    { url, ...args },
  )
}

/** Every text in `value`, at any depth. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.entries(value).flat().flatMap(textsIn) : []
}

const toUnicodeEscapes = (text: string) =>
  Array.from(
    { length: text.length },
    (_, index) => String.raw`\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('')
const toEntities = (text: string) => Array.from(text, (character) => `&#${character.codePointAt(0)};`).join('')
const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** The ways in which servers echo what they were sent. */
const ways: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  url: encodeURIComponent,
  urlInUrl: (secret) => encodeURIComponent(encodeURIComponent(secret)),
  lowerCaseUrl: (secret) => encodeURIComponent(secret).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  form: (secret) => new URLSearchParams({ a: secret }).toString().slice(2),
  json: (secret) => JSON.stringify(secret).slice(1, -1),
  jsonInJson: (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  slashes: (secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replaceAll('/', String.raw`\/`),
  unicode: toUnicodeEscapes,
  upperCaseUnicode: (secret) =>
    toUnicodeEscapes(secret)
      .toUpperCase()
      .replaceAll(String.raw`\U`, String.raw`\u`),
  html: (secret) => secret.replaceAll(/[&<>"']/g, (character) => named[character] ?? character),
  entities: toEntities,
  base64: (secret) => Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
}

const secrets = fc
  .oneof(fc.string({ minLength: 8, maxLength: 60 }), fc.string({ minLength: 8, maxLength: 30, unit: 'grapheme' }))
  .map((text) => text.replaceAll(/[\p{Cc}\p{Cs}]/gu, 'x').trim())
  .filter((text) => text.length >= 8)

test('a secret shows in no text, however the server writes it', async () => {
  const around = fc.string({ unit: 'grapheme', maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(
      secrets,
      fc.constantFrom(...Object.keys(ways)),
      around,
      around,
      async (secret, way, before, after) => {
        const written = ways[way]?.(secret) ?? ''
        reply = { body: `${before} ${written} ${after}` }
        const { answer, text } = (await call(bearer(secret))) as Extract<Outcome, { answer: object }>
        expect(answer.body).toContain('[redacted:api]')
        // The last character of Base64 may hold bits of what comes next.
        const core = way.startsWith('base64') ? written.slice(0, -1) : written
        for (const shown of [text, ...textsIn(answer)]) expect(shown.includes(core)).toBe(false)
      },
    ),
    { numRuns: runs(2_000) },
  )
})

test.each(['utf-16le', 'utf-16be'])('a secret does not show in %s, whose other text stays whole', async (charset) => {
  const bytes = Buffer.from('{"숨김": "sk-live-123", "끝": true}', 'utf16le')
  const body = charset === 'utf-16le' ? bytes : bytes.swap16()
  reply = { headers: { 'content-type': `application/json; charset=${charset}` }, body }
  const { answer } = await call(bearer('sk-live-123'))
  expect(answer).toMatchObject({ json: { 숨김: '[redacted:api]', 끝: true } })
})

test('Base64 that holds the secret among other things', async () => {
  for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
    const written = Buffer.from(`${before}sk-live-1234567890 and more`).toString('base64')
    reply = { body: written }
    const { answer } = await call(bearer('sk-live-1234567890'))
    expect(Buffer.from(answer?.body ?? '', 'base64').toString()).not.toContain('live-12345')
    expect(answer?.body).toContain('[redacted:api]')
  }
})

test('the user name and password of Basic authentication, alone and together', async () => {
  const profile: Profile = { name: 'wiki', origin: 'https://example.com', basic: 'ann', secret: 'pass-word' }
  reply = { body: `Basic ${Buffer.from('ann:pass-word').toString('base64')}, ann:pass-word, pass-word, ann` }
  expect((await call(profile)).answer?.body).toBe('Basic [redacted:wiki], [redacted:wiki], [redacted:wiki], ann')
})

test('headers, status text and an address that was not followed', async () => {
  const location = 'https://elsewhere.example/?token=sk-live-123'
  reply = { status: 302, headers: { location, etag: '"sk-live-123"', link: '<https://x.example/?k=sk-live-123>' } }
  const outcome = await call(bearer('sk-live-123'))
  expect(JSON.stringify(outcome)).not.toContain('sk-live')
  expect(outcome.answer).toMatchObject({ status: 302, headers: { etag: '"[redacted:api]"' } })
})

test('errors', async () => {
  reply = { status: 302, headers: { location: '/?token=sk-live-123' } }
  const outcome = await call(bearer('sk-live-123'))
  expect(outcome).toMatchObject({ code: 'too_many_redirects', message: expect.stringContaining('[redacted:api]') })
  expect(JSON.stringify(outcome)).not.toContain('sk-live')
})

test('a page that spells the secret in pieces', async () => {
  const body = '<!doctype html><title>sk-<b>live</b>-123</title><p>sk-<b></b>live<!-- -->-\u200b123 is here</p>'
  reply = { headers: { 'content-type': 'text/html; charset=utf-8' }, body }
  for (const format of ['markdown', 'text']) {
    const { answer } = await call(bearer('sk-live-123'), { format })
    expect(answer).toMatchObject({ body: expect.stringContaining('[redacted:api] is here') })
  }
})

test('a secret of one profile in an answer to another, or to nobody', async () => {
  const profiles = [
    bearer('sk-live-123'),
    { ...bearer('sk-other-456'), name: 'other', origin: 'https://other.example' },
  ]
  reply = { body: 'sk-live-123 sk-other-456' }
  for (const auth of ['api', 'none']) {
    expect((await call(bearer(''), { auth }, { profiles })).answer?.body).toBe('[redacted:api] [redacted:other]')
  }
})

test('a secret that holds another is hidden whole', async () => {
  const profiles = [bearer('sk-live'), { ...bearer('sk-live-123'), name: 'longer' }]
  reply = { body: 'sk-live-123 sk-live' }
  expect((await call(bearer(''), { auth: 'api' }, { profiles })).answer?.body).toBe('[redacted:longer] [redacted:api]')
})

test('a long token, and one full of what begins an escape', async () => {
  const token = Buffer.from(Array.from({ length: 6_000 }, (_, index) => (index * 7919) % 251)).toString('base64url')
  for (const secret of [token, '%25&amp;'.repeat(40), String.raw`\u0041`.repeat(30)]) {
    for (const write of Object.values(ways)) {
      reply = { body: `${write(secret)} ${write(secret)}` }
      const { answer } = await call(bearer(secret))
      expect(answer?.body).toMatch(/^\[redacted:api\].{0,4} \[redacted:api\].{0,4}$/)
    }
  }
})

test('what is too short to be hidden leaves the answer as it is', async () => {
  reply = { body: 'abc' }
  const proxy = { url: 'http://93.184.215.14', auth: 'ann:' }
  expect((await call(bearer('abc'), {}, { proxy })).answer?.body).toBe('abc')
})

test('pages are cut after secrets are hidden', async () => {
  reply = { body: 'before sk-live-1234567890 after' }
  const profile = bearer('sk-live-1234567890')
  const tool = createHttpRequest({ ...network.options, allow: 'example.com', profiles: [profile] })
  let whole = ''
  for (let start: number | undefined = 0; start !== undefined;) {
    const { structured } = await tool.run(
      { url, max_chars: 3, start_index: start },
      { signal: new AbortController().signal },
    )
    const page = structured as { body: string; next_start_index?: number }
    whole += page.body
    start = page.next_start_index
  }
  await tool.close?.()
  expect(whole).toBe('before [redacted:api] after')
})

test('a secret that the limit cuts in two is hidden too, in any spelling', async () => {
  const secret = 'sk-live/1234567890'
  for (const write of [ways.plain, ways.url, ways.unicode, ways.entities, ways.base64]) {
    const written = write?.(secret) ?? ''
    for (let cut = 1; cut < written.length; cut += 1) {
      reply = { body: `before ${written} after` }
      const limits = { maxBodyBytes: 7 + cut, maxWireBytes: 7 + cut }
      const { answer } = await call(bearer(secret), {}, { limits })
      const shown = answer?.body?.replace('before ', '') ?? ''
      expect(written.startsWith(shown) && shown.length > longestLeft(written)).toBe(false)
    }
  }
})

/** What four characters of the secret may take: so much of a beginning says nothing. */
function longestLeft(written: string): number {
  return Math.ceil((written.length / 18) * 4) + 6
}

test('text without secrets stays as it is, bytes of images too', async () => {
  const body = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7919) % 256))
  reply = { body, headers: { 'content-type': 'application/octet-stream' } }
  expect((await call(bearer('sk-live-123'))).answer).toMatchObject({ bytes: 4_096 })
  reply = { body: 'sk-live-12 sk_live-123 SK-LIVE-123' }
  expect((await call(bearer('sk-live-123'))).answer?.body).toBe('sk-live-12 sk_live-123 SK-LIVE-123')
})

test('megabytes made to look like the beginning of a secret are read in time', async () => {
  const limits = { maxBodyBytes: 3_000_000, maxWireBytes: 3_000_000 }
  for (const part of ['s', '%25', '\\', '&amp;', '&#0', 'sk-live-12', '\0', '%73%6b']) {
    reply = { body: part.repeat(Math.ceil(2_000_000 / part.length)) }
    const { answer } = await call(bearer('sk-live-123'), { max_chars: 10 }, { limits })
    expect(answer?.status).toBe(200)
  }
})
