import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createServerFactory } from '../src/server.ts'
import { type HttpEndpoint, serveOverHttp } from '../src/transports/http.ts'
import { createEchoingTools, otherPublicHost, publicHost, type SeenRequest } from './support/echoing-tools.ts'
import { type Connected, type Connect, mcpClients, type Person, type Reply } from './support/mcp-clients.ts'

const script = fileURLToPath(new URL('support/echoing-stdio.ts', import.meta.url))

let endpoint: HttpEndpoint
let echoing: Awaited<ReturnType<typeof createEchoingTools>>
const open: Connected[] = []

beforeAll(async () => {
  echoing = await createEchoingTools()
  const options = { host: '127.0.0.1', port: 0, token: undefined, hosts: [], onError: () => undefined }
  endpoint = await serveOverHttp(createServerFactory(echoing.tools), options)
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()))
})

afterAll(async () => {
  await endpoint.close()
  await echoing.network.close()
})

async function connected(connect: Connect, person?: Person): Promise<Connected> {
  const client = await connect({ script, origin: endpoint.origin }, person)
  open.push(client)
  return client
}

/** A path of its own, so that what its server has seen can be told apart. */
let paths = 0
function newUrl(path = 'items'): string {
  paths += 1
  return `https://${publicHost}/${path}?n=${paths}`
}

async function seenAt(client: Connected, url: string) {
  const { structuredContent } = await client.call('http_request', { url: `https://${publicHost}/seen` })
  const seen = structuredContent?.json as readonly SeenRequest[]
  return seen.filter((request) => request.url === url)
}

const always = (): Reply => ({ action: 'accept', content: { allow: true } })

const secret = 'Bearer very-secret'
const post = (url: string) => ({
  url,
  method: 'POST',
  json: { title: 'hello' },
  headers: { authorization: secret, 'x-trace': 'abc' },
})

test.each(mcpClients)('%s: what the user accepts is sent once, after they saw what it is', async (_name, connect) => {
  const asked: { message: string; schema: unknown }[] = []
  const client = await connected(connect, (question) => {
    asked.push(question)
    return always()
  })
  const url = newUrl()
  const result = await client.call('http_request', post(url))
  expect(result.structuredContent).toMatchObject({ status: 200, body: 'took POST {"title":"hello"}' })
  expect(await seenAt(client, url)).toMatchObject([{ method: 'POST', body: '{"title":"hello"}' }])
  expect(asked).toHaveLength(1)
  const [{ message, schema } = { message: '', schema: {} }] = asked
  for (const part of ['POST', publicHost, url, 'authorization', 'x-trace', '> {"title":"hello"}']) {
    expect(message).toContain(part)
  }
  expect(message).not.toContain(secret)
  expect(schema).toMatchObject({ type: 'object', properties: { allow: { type: 'boolean', default: false } } })
})

const refusals: readonly (readonly [reply: Reply, says: string])[] = [
  [{ action: 'decline' }, 'The user declined'],
  [{ action: 'cancel' }, 'The user gave no answer'],
  [{ action: 'accept', content: { allow: false } }, 'The user declined'],
]

test.each(mcpClients)('%s: what is not allowed is not sent, whatever was allowed before', async (_name, connect) => {
  const replies = [always(), ...refusals.map(([reply]) => reply)]
  const client = await connected(connect, () => replies.shift() ?? always())
  const url = newUrl()
  expect(await client.call('http_request', post(url))).toMatchObject({ structuredContent: { status: 200 } })
  for (const [, says] of refusals) {
    const result = await client.call('http_request', post(url))
    expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'declined' } } })
    const text = JSON.stringify(result.content)
    expect(text).toContain(says)
    expect(text).toContain(`POST=https://${publicHost} in HTTP_ALLOW`)
  }
  expect(await seenAt(client, url)).toHaveLength(1)
})

test.each(mcpClients)('%s: a client that cannot ask is refused with the setting', async (_name, connect) => {
  const client = await connected(connect)
  const url = newUrl()
  const result = await client.call('http_request', post(url))
  expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'blocked_method' } } })
  expect(JSON.stringify(result.content)).toContain(`POST=https://${publicHost} in HTTP_ALLOW`)
  expect(await seenAt(client, url)).toEqual([])
})

test.each([307, 308])('consent does not go along to another origin (%i)', async (status) => {
  for (const [, connect] of mcpClients.slice(-2)) {
    const client = await connected(connect, always)
    const url = newUrl(`away/${status}`)
    const { structuredContent } = await client.call('http_request', post(url))
    const location = `https://${otherPublicHost}/there`
    expect(structuredContent).toMatchObject({ status, url, headers: { location } })
    expect(echoing.seen.filter((seen) => seen.url.startsWith(`https://${otherPublicHost}`))).toEqual([])
  }
})

test('consent goes along within one origin, with the same method and body', async () => {
  for (const [, connect] of mcpClients.slice(-2)) {
    let questions = 0
    const client = await connected(connect, () => {
      questions += 1
      return always()
    })
    const { structuredContent } = await client.call('http_request', post(newUrl('near/307')))
    expect(structuredContent).toMatchObject({ status: 200, url: `https://${publicHost}/there` })
    expect(questions).toBe(1)
  }
})

test.each([
  ['a private name', 'http://in.example.com/', 'blocked_address'],
  ['a private address', 'http://10.0.0.1/', 'blocked_method'],
  ['loopback', 'http://127.0.0.1/', 'blocked_method'],
  ['the metadata service', 'http://169.254.169.254/', 'blocked_method'],
  ['a name of this machine', 'http://localhost/', 'blocked_host'],
  ['a port that is not for HTTP', 'http://example.com:25/', 'blocked_port'],
])('consent does not open %s', async (_what, url, code) => {
  for (const [, connect] of mcpClients.slice(-2)) {
    const client = await connected(connect, always)
    const result = await client.call('http_request', { url, method: 'POST', text: 'x' })
    expect(result).toMatchObject({ isError: true, structuredContent: { error: { code } } })
  }
  expect(echoing.network.dialled).not.toContain('10.0.0.1')
})

test('nobody is asked about what consent cannot open, or about what needs none', async () => {
  const [, connect] = mcpClients.at(-1) ?? ['', undefined]
  if (connect === undefined) throw new Error('There are clients.')
  const asked: string[] = []
  const client = await connected(connect, ({ message }) => {
    asked.push(message)
    return { action: 'decline' }
  })
  for (const url of ['http://10.0.0.1/', 'http://localhost/', 'http://example.com:25/', 'ftp://example.com/']) {
    await client.call('http_request', { url, method: 'POST' })
  }
  await client.call('http_request', { url: newUrl(), method: 'CONNECT' })
  await client.call('http_request', { url: newUrl(), method: 'QUERY', text: 'x' })
  expect(asked).toEqual([])
})

test.each(mcpClients)('%s: giving up while the user thinks sends nothing', async (_name, connect) => {
  const asked = Promise.withResolvers<void>()
  const reply = Promise.withResolvers<Reply>()
  const client = await connected(connect, async () => {
    asked.resolve()
    return reply.promise
  })
  const url = newUrl()
  const controller = new AbortController()
  const call = client.call('http_request', post(url), { signal: controller.signal }).then(
    () => 'it was answered',
    (error: unknown) => String(error),
  )
  await asked.promise
  controller.abort(new Error('gave up'))
  // Clients of 2026-07-28 wait for the person before they notice.
  reply.resolve(always())
  expect(await call).toMatch(/gave up|aborted/)
  expect(await seenAt(client, url)).toEqual([])
})
