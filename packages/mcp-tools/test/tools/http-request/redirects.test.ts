import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { callHttpRequest } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork } from '../../support/fake-network.ts'

let network: FakeNetwork

afterEach(() => network.close())

const address = '93.184.215.14'

interface Seen {
  readonly url: string
  readonly method: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Promise<string>
}

/** Follows `locations`, by URL, and returns what each hop was sent. */
async function follow(
  locations: Readonly<Record<string, readonly [status: number, location: string]>>,
  args: Readonly<Record<string, unknown>>,
) {
  const seen: Seen[] = []
  network = await createFakeNetwork({
    names: { 'example.com': [[address]], 'www.example.org': [[address]], 'denied.example.com': [['10.0.0.1']] },
    respond(request, response, url) {
      seen.push({ url, method: request.method, headers: request.headers, body: text(request) })
      const [status, location] = locations[url] ?? [200]
      response.writeHead(status, location === undefined ? {} : { location }).end('body')
    },
  })
  const outcome = await callHttpRequest({ ...network.options, allow: 'example.com www.example.org' }, args)
  return { outcome, seen }
}

const there = 'https://www.example.org/there'

test.each([301, 302, 303, 307, 308])('%i is followed, and the chain is told', async (status) => {
  const { outcome } = await follow({ 'http://example.com/': [status, there] }, { url: 'http://example.com/' })
  expect(outcome.answer).toMatchObject({
    url: there,
    status: 200,
    redirects: [{ status, from: 'http://example.com/', to: there }],
  })
})

test.each([
  [301, 'GET', ''],
  [302, 'GET', ''],
  [303, 'GET', ''],
  [307, 'POST', '{"a":1}'],
  [308, 'POST', '{"a":1}'],
])('%i of a POST within its origin arrives as %s with the body %j', async (status, method, body) => {
  const args = { url: 'http://example.com/', method: 'POST', json: { a: 1 } }
  const { seen } = await follow({ 'http://example.com/': [status, '/next'] }, args)
  expect(seen[1]).toMatchObject({ url: 'http://example.com/next', method })
  expect(await seen[1]?.body).toBe(body)
  expect(seen[1]?.headers['content-type']).toBe(body === '' ? undefined : 'application/json')
})

test.each([
  ['POST', 307],
  ['PUT', 308],
  ['QUERY', 302],
])('a %s is not repeated to another origin (%i)', async (method, status) => {
  const args = { url: 'http://example.com/', method, text: 'secret' }
  const { outcome, seen } = await follow({ 'http://example.com/': [status, there] }, args)
  expect(seen).toHaveLength(1)
  expect(outcome.answer).toMatchObject({ status, url: 'http://example.com/', body: 'body' })
  expect(outcome.answer?.headers.location).toBe(there)
  expect(outcome.answer?.hint).toContain('`location` was not followed')
})

test('only harmless headers go along to another origin', async () => {
  const headers = { authorization: 'Bearer x', cookie: 'a=b', 'x-api-key': 'k', accept: 'text/html', 'x-trace': '1' }
  const locations = { 'http://example.com/': [302, '/same'], 'http://example.com/same': [302, there] } as const
  const { seen } = await follow(locations, { url: 'http://example.com/', headers })
  expect(seen[1]?.headers).toMatchObject(headers)
  expect(seen[2]?.headers).toMatchObject({ accept: 'text/html' })
  expect(Object.keys(seen[2]?.headers ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/authorization|cookie|x-api-key|x-trace/)]),
  )
})

test('going back to the first origin does not bring its headers back', async () => {
  const locations = { 'http://example.com/': [302, there], [there]: [302, 'http://example.com/again'] } as const
  const { seen } = await follow(locations, { url: 'http://example.com/', headers: { authorization: 'Bearer x' } })
  expect(seen[2]).toMatchObject({ url: 'http://example.com/again' })
  expect(seen[2]?.headers.authorization).toBeUndefined()
})

test.each([0, 1, 2, 3, 4])('a denied target after %i public hops gets nothing', async (hops) => {
  for (const denied of [
    'http://denied.example.com/',
    'http://127.0.0.1/',
    'https://[::ffff:10.0.0.1]/',
    'file:///etc',
  ]) {
    const locations = Object.fromEntries(
      Array.from({ length: hops + 1 }, (_, hop) => {
        return [`http://example.com/${hop}`, [302, hop === hops ? denied : `/${hop + 1}`]] as const
      }),
    )
    const { outcome, seen } = await follow(locations, { url: 'http://example.com/0' })
    expect(outcome.code).toMatch(/^blocked_(?:address|scheme)$/)
    expect(outcome).toMatchObject({ message: expect.stringContaining(`http://example.com/${hops} redirected to`) })
    expect(seen).toHaveLength(hops + 1)
    expect(new Set(network.dialled)).toEqual(new Set([address]))
    await network.close()
  }
  network = await createFakeNetwork()
})

test.each([
  ['no target', 302, undefined],
  ['a target that is no URL', 302, 'http://['],
  ['a status that is no redirect', 304, there],
  ['a choice', 300, there],
])('%s is the answer', async (_name, status, location) => {
  network = await createFakeNetwork({
    names: { 'example.com': [[address]] },
    respond(_request, response) {
      response.writeHead(status, location === undefined ? {} : { location }).end()
    },
  })
  const { answer } = await callHttpRequest(network.options, { url: 'http://example.com/' })
  expect(answer).toMatchObject({ status, redirects: [] })
})

test('redirects are left alone where that is asked', async () => {
  const args = { url: 'http://example.com/', follow_redirects: false }
  const { outcome } = await follow({ 'http://example.com/': [302, there] }, args)
  expect(outcome.answer).toMatchObject({ status: 302, headers: { location: there }, redirects: [] })
})
