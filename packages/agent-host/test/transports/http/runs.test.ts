import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../../../test/scale.ts'
import { createKey, hashOf } from '../../../src/config/api-key.ts'
import { createFolder } from '../../config/temporary-folder.ts'
import { startFakeModelServer } from '../../support/fake-model-server.ts'
import { openService } from '../../support/open-service.ts'
import { createWorkbench } from '../../support/workbench.ts'
import { dataOf, eventsUrl, idOf, openStream, readEvents, send, startRun } from './run-client.ts'

const open = async (flags: Record<string, unknown> = {}) => {
  const bench = createWorkbench()
  const fake = await startFakeModelServer({ models: ['m'] })
  const start = (more: Record<string, unknown> = {}) =>
    openService({ baseUrl: fake.url, mcpConfig: bench.mcpConfig, ...flags, ...more })
  const service = await start()
  return {
    fake,
    url: service.url,
    /** The same service once more, over the same folder. */
    start,
    closeService: () => service[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await fake.close()
      bench[Symbol.dispose]()
    },
  }
}

const echo = { toolCalls: [{ id: 'call_1', name: 'echo', arguments: { text: '안녕' } }] }
const testTools = { type: 'mcp', server_label: 'test', require_approval: 'never' }
const story = { text: '옛날 옛적에 호랑이가 담배를 피우던 시절이 있었다. '.repeat(3), split: 2 as const }

test('a run is started, told about and followed', async () => {
  await using opened = await open()
  const { fake, url } = opened
  fake.script(echo, { text: 'Done.' })
  const started = await startRun(url, 'Say hello.')
  const events = (await readEvents(eventsUrl(url, started))).map(dataOf)
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1))
  expect(events[0]).toMatchObject({ type: 'run-start', runId: started.run_id, model: 'm' })
  expect(events.at(-1)).toMatchObject({ type: 'run-end', reason: 'answer' })
  const { body } = await send('GET', `${url}/api/v1/runs/${started.run_id}`)
  expect(body).toMatchObject({ state: 'done', session_id: started.session_id, last_event: events.length, error: null })
})

test('a client that reconnects at every event, while the run goes on, gets the stream of one that never left', async () => {
  await using opened = await open()
  const { fake, url } = opened
  fake.script({ ...echo, splitArguments: 1 }, { ...story, paceMs: 1 })
  const started = await startRun(url, 'Tell me a story.')
  const whole = readEvents(eventsUrl(url, started))
  const pieces: string[] = []
  while (dataOf(pieces.at(-1)).type !== 'run-end') {
    pieces.push(...(await readEvents(eventsUrl(url, started), idOf(pieces.at(-1)), 1)))
  }
  expect(pieces).toEqual(await whole)
  expect(pieces.length).toBeGreaterThan(50)
})

test('wherever a client reconnects, once or often, the stream is the same', async () => {
  await using opened = await open()
  const { fake, url } = opened
  fake.script(echo, story)
  const started = await startRun(url, 'Tell me a story.')
  const whole = await readEvents(eventsUrl(url, started))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: whole.length }), { maxLength: 6 }), async (takes) => {
      const pieces: string[] = []
      for (const most of [...takes, Infinity]) {
        pieces.push(...(await readEvents(eventsUrl(url, started), idOf(pieces.at(-1)), most)))
      }
      expect(pieces).toEqual(whole)
    }),
    { numRuns: runs(200) },
  )
  expect(await readEvents(`${eventsUrl(url, started)}?after=${whole.length - 1}`)).toEqual(whole.slice(-1))
  expect(await readEvents(eventsUrl(url, started), String(whole.length))).toEqual([])
})

test('a client that does not read slows nobody down, misses nothing, and fills no memory', async () => {
  const sockets: Socket[] = []
  const note = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket)
  subscribe('net.server.socket', note)
  await using opened = await open()
  const { fake, url } = opened
  fake.script({ text: 'x'.repeat(8_000_000), split: 4000 })
  const started = await startRun(url, 'Say much.')
  const slow = await openStream(eventsUrl(url, started))
  const whole = await readEvents(eventsUrl(url, started))
  // Both ends of the connection are in this process: what the service's end has taken, and what it could not send yet.
  const end = sockets.find(({ remotePort }) => remotePort === slow.socket.localPort)
  expect(end?.writableLength).toBeGreaterThan(0)
  expect(end?.writableLength).toBeLessThan(100_000)
  expect(end?.bytesWritten).toBeLessThan(whole.join().length)
  unsubscribe('net.server.socket', note)
  let text = ''
  for await (const piece of slow) text += String(piece)
  expect(text).toBe(whole.map((event) => `${event}\n\n`).join(''))
})

test.each([
  ['is not cancelled where its client leaves', '', 'done'],
  ['is cancelled where its client leaves, if that is asked for', '?cancel_on_disconnect=true', 'cancelled'],
])('a run %s', async (_name, query, state) => {
  await using opened = await open()
  const { fake, url } = opened
  const left = Promise.withResolvers<void>()
  fake.script({ text: 'Go on.', split: 1, fault: { kind: 'stall', after: 3, until: left.promise } })
  const started = await startRun(url, 'Go.')
  await readEvents(eventsUrl(url, started) + query, undefined, 4)
  if (state === 'done') left.resolve()
  await readEvents(eventsUrl(url, started))
  expect((await send('GET', `${url}/api/v1/runs/${started.run_id}`)).body).toMatchObject({ state })
})

test('a run is cancelled, at the model server too', async () => {
  await using opened = await open()
  const { fake, url } = opened
  fake.script({ noReply: 'stall' })
  const started = await startRun(url, 'Wait.')
  // The first is for the models.
  const request = await fake.received(2)
  await send('POST', `${url}/api/v1/runs/${started.run_id}/cancel`)
  expect(dataOf((await readEvents(eventsUrl(url, started))).at(-1))).toMatchObject({ reason: 'cancelled' })
  await request.closed
  expect(request.aborted).toBe(true)
})

test('an approval is kept with the name of the key that gave it', async () => {
  const [lee, kim] = [createKey(), createKey()]
  const apiKeys = [
    { name: 'lee', hash: hashOf(lee) },
    { name: 'kim', hash: hashOf(kim) },
  ]
  await using opened = await open({ apiKeys, approvals: 'echo=ask' })
  const { fake, url } = opened
  const post = async (path: string, body: object, key: string): Promise<{ pending: Waiting[] }> => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key }
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as { pending: Waiting[] }
  }
  fake.script(echo, { text: 'It said 안녕.' })
  const [waiting] = (await post('/chat', { session_id: 'mine', message: 'Say hello.' }, lee)).pending
  await post(`/api/v1/runs/${waiting?.run_id}/approvals/${waiting?.id}`, { decision: 'approve' }, kim)
  const exported = await fetch(`${url}/api/v1/sessions/mine/export`, { headers: { 'x-api-key': lee } })
  const bodies = (await exported.text()).split('\n').filter((line) => line.includes('"approval","messageId"'))
  expect(bodies.map((line) => (JSON.parse(line) as { body: unknown }).body)).toMatchObject([
    { type: 'approval', callId: 'call_1', decision: 'approved', by: 'kim' },
  ])
})

test('an approval survives a restart, and is answered once', async () => {
  using folder = createFolder()
  await using opened = await open({ dataDir: folder.path, approvals: 'test__e*=ask' })
  const { fake } = opened
  fake.script(echo, { text: 'It said 안녕.' })
  const started = await startRun(opened.url, 'Say hello.')
  await readEvents(eventsUrl(opened.url, started))
  await opened.closeService()
  await using again = await opened.start()
  const { url } = again
  const session = `${url}/api/v1/sessions/${started.session_id}`
  const waiting = await send('GET', session)
  expect(waiting.body.pending).toMatchObject([{ run_id: started.run_id, id: 'call_1', name: 'echo' }])
  expect(JSON.stringify(waiting.body.messages)).not.toContain('not made')
  const answer = `${url}/api/v1/runs/${started.run_id}/approvals/call_1`
  const { body } = await send('POST', answer, { decision: 'approve' })
  expect(body).toMatchObject({ run_id: started.run_id, call_id: 'call_1', decision: 'approve' })
  const next = { run_id: String(body.continued_by), session_id: started.session_id }
  expect(dataOf((await readEvents(eventsUrl(url, next))).at(-1))).toMatchObject({ reason: 'answer' })
  expect(await send('POST', answer, { decision: 'deny' })).toMatchObject({ status: 409 })
  expect((await send('GET', session)).body.pending).toEqual([])
  expect(fake.chats.at(-1)?.body.messages?.at(-1)).toMatchObject({ role: 'tool', content: '안녕' })
})

test.each([
  ['v1_chat', '/api/v1/chat', { content: 'Say hello.' }, echo],
  ['agent_chat', '/api/agent_chat', { message: 'Say hello.' }, { text: 'Action: echo\nAction Input: {"text":"안녕"}' }],
  ['responses', '/v1/responses', { input: 'Say hello.', tools: [testTools] }, echo],
])('a run of %s is told the same after an approval and a restart', async (endpoint, path, body, call) => {
  const prompt = `for ${endpoint} in {{session_id}}`
  using folder = createFolder({ 'default.md': 'for any', [`${endpoint}.md`]: prompt })
  const settings = { dataDir: folder.path, promptsDir: folder.path, approvals: 'echo=ask' }
  await using opened = await open(settings)
  const { fake } = opened
  fake.script(call, { text: 'Final Answer: It said 안녕.' })
  await send('POST', opened.url + path, body)
  await opened.closeService()
  await using again = await opened.start()
  const { url } = again
  const [waiting] = await waitingAt(url)
  const answer = `${url}/api/v1/runs/${waiting?.run_id}/approvals/${waiting?.id}`
  const { body: answered } = await send('POST', answer, { decision: 'approve' })
  const next = { run_id: String(answered.continued_by), session_id: '' }
  expect(dataOf((await readEvents(eventsUrl(url, next))).at(-1))).toMatchObject({ reason: 'answer' })
  const [first, second] = fake.chats.map(({ body: { messages, tools } }) => ({ told: messages?.[0], tools }))
  expect(first?.told?.content).toContain(`for ${endpoint} in session_`)
  expect(second).toEqual(first)
})

interface Waiting {
  run_id: string
  id: string
}

/** What the conversation waits for that was spoken in last. */
async function waitingAt(url: string): Promise<Waiting[]> {
  const { body } = await send('GET', `${url}/api/v1/sessions?limit=1`)
  const [last] = body.sessions as { session_id: string }[]
  return (await send('GET', `${url}/api/v1/sessions/${last?.session_id}`)).body.pending as Waiting[]
}

test.each([
  ['POST', '/api/v1/runs', { message: '' }, 400, 'invalid_request'],
  ['POST', '/api/v1/runs', { message: 'x', on_busy: 'wait' }, 400, 'invalid_request'],
  ['GET', '/api/v1/runs/run_none', undefined, 404, 'not_found'],
  ['GET', '/api/v1/runs/run_none/events', undefined, 404, 'not_found'],
  ['POST', '/api/v1/runs/run_none/cancel', undefined, 404, 'not_found'],
  ['POST', '/api/v1/runs/run_none/approvals/x', { decision: 'approve' }, 404, 'not_found'],
  ['POST', '/api/v1/runs/run_none/approvals/x', { decision: 'maybe' }, 400, 'invalid_request'],
])('%s %s with %j is refused with %i', async (method, path, body, status, code) => {
  await using opened = await open()
  const answer = await send(method, opened.url + path, body)
  expect(answer.status).toBe(status)
  expect(answer.body.error).toMatchObject({ code })
})

test('a busy session is a 409 where nobody wants to wait, and too many runs are a 429 that says when to try again', async () => {
  await using opened = await open({ maxRuns: '1' })
  const { fake, url } = opened
  fake.script({ noReply: 'stall' })
  const { session_id, run_id } = await startRun(url, 'Wait.')
  const { status, body, headers } = await send('POST', `${url}/api/v1/runs`, { message: 'x' })
  expect([status, headers.get('retry-after')]).toEqual([429, '1'])
  expect(body.error).toMatchObject({ code: 'too_many_runs' })
  await send('POST', `${url}/api/v1/runs/${run_id}/cancel`)
  await readEvents(eventsUrl(url, { run_id, session_id }))
  await using other = await opened.start({ maxRuns: '2' })
  fake.script({ noReply: 'stall' })
  const first = await startRun(other.url, 'Wait.')
  const busy = { message: 'x', session_id: first.session_id, on_busy: 'reject' }
  expect((await send('POST', `${other.url}/api/v1/runs`, busy)).body.error).toMatchObject({ code: 'session_busy' })
})
