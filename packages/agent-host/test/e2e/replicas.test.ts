import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  type FakeModelServer,
  type FakeRequest,
  type Reply,
  startFakeModelServer,
} from '../support/fake-model-server.ts'
import { type StartedStore, type StoreKind, storeKinds } from '../support/store-kinds.ts'
import { type RoundRobin, startRoundRobin } from '../support/round-robin.ts'
import { type ServedCli, serveCli } from '../support/serve-cli.ts'
import { describeWith } from '../support/describe-with.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'
import { dataOf, eventsUrl, idOf, readEvents, send, startRun } from '../transports/http/run-client.ts'

/** The model does what the last message says. */
function reply({ body: { messages = [] } }: FakeRequest): Reply {
  const { role, content } = messages.at(-1) ?? {}
  const said = String(content)
  if (role === 'tool') return { text: `The tool said: ${said}` }
  if (said === 'hang') return { toolCalls: [{ name: 'hang', arguments: {} }] }
  if (said === 'ask') return { toolCalls: [{ name: 'echo', arguments: { text: '안녕' } }] }
  if (said === 'stall') return { text: 'Let me think.', split: 4, fault: { kind: 'stall', after: 3 } }
  if (said === 'slowly') return { text: 'Word after word, 한 글자씩 천천히 말한다.', split: 1, paceMs: 8 }
  return { text: `You said ${messages.filter((each) => each.role === 'user').length} things.` }
}

interface Replicas {
  fake: FakeModelServer
  bench: Workbench
  one: ServedCli
  other: ServedCli
  proxy: RoundRobin
}

for (const { name, missing, start } of storeKinds) {
  describeWith(`two replicas on ${name}`, missing, () => testReplicas(start))
}

function shareReplicas(start: StoreKind['start']): () => Replicas {
  let replicas: Replicas | undefined
  let store: StartedStore | undefined
  beforeAll(async () => {
    const bench = createWorkbench()
    const fake = await startFakeModelServer({ models: ['m'], reply })
    store = await start()
    const env = {
      VLLM_BASE_URL: fake.url,
      MCP_CONFIG: bench.mcpConfig,
      DATA_DIR: join(bench.folder, 'data'),
      APPROVALS: 'echo=ask',
      RUN_LEASE: '3',
      ...store.env,
    }
    const [one, other] = await Promise.all([serveCli(env), serveCli(env)])
    replicas = { fake, bench, one, other, proxy: await startRoundRobin([one.url, other.url]) }
  })
  afterAll(async () => {
    if (replicas) {
      const { fake, bench, one, other, proxy } = replicas
      for (const { child } of [one, other]) child.kill('SIGTERM')
      await Promise.all([one.ended, other.ended, proxy[Symbol.asyncDispose]()])
      await fake.close()
      bench[Symbol.dispose]()
    }
    await store?.[Symbol.asyncDispose]()
  })
  return () => {
    if (!replicas) throw new Error('the replicas were not started')
    return replicas
  }
}

/** The roles of a session's messages. */
async function rolesOf(url: string, session: string): Promise<unknown[]> {
  const { body } = await send('GET', `${url}/api/v1/sessions/${session}`)
  return (body.messages as { role: string }[]).map(({ role }) => role)
}

function testReplicas(start: StoreKind['start']): void {
  const shared = shareReplicas(start)

  test('serve one session in turns', async () => {
    const { proxy, one, other } = shared()
    for (const answer of ['You said 1 things.', 'You said 2 things.', 'You said 3 things.']) {
      const { body } = await send('POST', `${proxy.url}/chat`, { session_id: 'turns', message: 'Hello.' })
      expect(body).toEqual({ session_id: 'turns', answer })
    }
    expect(proxy.taken).toEqual([one.url, other.url, one.url])
  })

  test('show one run alike: followed through either, left anywhere, and gone on with through the next', async () => {
    const { one, other, proxy } = shared()
    const run = await startRun(one.url, 'slowly')
    const whole = readEvents(eventsUrl(other.url, run))
    const pieces: string[] = []
    while (!pieces.at(-1)?.includes('event: run-end')) {
      pieces.push(...(await readEvents(eventsUrl(proxy.url, run), idOf(pieces.at(-1)), 5)))
    }
    expect(pieces).toEqual(await whole)
    expect(pieces.map(idOf)).toEqual(pieces.map((_, i) => String(i + 1)))
    expect(await readEvents(eventsUrl(one.url, run))).toEqual(pieces)
  })

  test('cancel what runs on the other', async () => {
    const { one, other, fake } = shared()
    const asked = fake.requests.length
    const run = await startRun(one.url, 'stall')
    const events = readEvents(eventsUrl(other.url, run))
    const request = await fake.received(asked + 1)
    expect((await send('POST', `${other.url}/api/v1/runs/${run.run_id}/cancel`)).status).toBe(200)
    expect(dataOf((await events).at(-1))).toMatchObject({ type: 'run-end', reason: 'cancelled' })
    expect((await send('GET', `${other.url}/api/v1/runs/${run.run_id}`)).body.state).toBe('cancelled')
    await request.closed
    expect(request.aborted).toBe(true)
  })

  test('answer two messages that come to one session at once, one after the other', async () => {
    const { one, other } = shared()
    const session_id = 'at-once'
    const answers = await Promise.all(
      [one, other, one, other].map(({ url }) => send('POST', `${url}/chat`, { session_id, message: 'Hello.' })),
    )
    const counts = [1, 2, 3, 4].map((count) => `You said ${count} things.`)
    expect(new Set(answers.map(({ body }) => body.answer))).toEqual(new Set(counts))
    const turn = ['user', 'assistant']
    expect(await rolesOf(one.url, session_id)).toEqual([...turn, ...turn, ...turn, ...turn])
  })

  test('take the approval that the other asked for', async () => {
    const { one, other } = shared()
    const run = await startRun(one.url, 'ask')
    const end = dataOf((await readEvents(eventsUrl(other.url, run))).at(-1))
    expect(end).toMatchObject({ type: 'run-end', reason: 'parked', pending: [{ waitsFor: 'approval' }] })
    const [{ call }] = end.pending as [{ call: { id: string } }]
    const approval = `/api/v1/runs/${run.run_id}/approvals/${call.id}`
    const answers = await Promise.all(
      [one, other].map(({ url }) => send('POST', `${url}${approval}`, { decision: 'approve' })),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    const next = answers.find(({ status }) => status === 200)?.body.continued_by
    const events = await readEvents(eventsUrl(one.url, { ...run, run_id: String(next) }))
    expect(events.map((event) => dataOf(event)).filter(({ type }) => type === 'tool-result')).toHaveLength(1)
    expect(dataOf(events.at(-1))).toMatchObject({ type: 'run-end', reason: 'answer' })
    expect(await rolesOf(other.url, run.session_id)).toEqual(['user', 'assistant', 'tool', 'assistant'])
  })

  // Last, as one of them is gone after it. The time limit is what is promised, and not how fast the machine is.
  test('end within 30 seconds what one that is killed leaves, and go on', { timeout: 30_000 }, async () => {
    const { one, other, fake } = shared()
    const asked = fake.requests.length
    const stalled = await startRun(one.url, 'stall', { session_id: 'stalled' })
    const hanging = await startRun(one.url, 'hang', { session_id: 'hanging' })
    await fake.received(asked + 2)
    const followed = [stalled, hanging].map((run) => readEvents(eventsUrl(other.url, run)))
    const queued = send('POST', `${other.url}/chat`, { session_id: 'stalled', message: 'And now?' })
    await vi.waitUntil(async () =>
      (await entriesOf(other.url, 'hanging')).some(({ body }) => body.type === 'tool-intent'),
    )
    one.child.kill('SIGKILL')
    for (const events of await Promise.all(followed)) {
      expect(events.map(idOf)).toEqual(events.map((_, i) => String(i + 1)))
      expect(dataOf(events.at(-2))).toMatchObject({ type: 'error', error: { code: 'run_lost' } })
      expect(dataOf(events.at(-1))).toMatchObject({ type: 'run-end', reason: 'error' })
    }
    for (const { run_id } of [stalled, hanging]) {
      const { body } = await send('GET', `${other.url}/api/v1/runs/${run_id}`)
      expect(body).toMatchObject({ state: 'failed', error: { code: 'run_lost' } })
    }
    expect((await queued).body.answer).toBe('You said 2 things.')
    const after = await send('POST', `${other.url}/chat`, { session_id: 'hanging', message: 'And now?' })
    expect(after.body.answer).toBe('You said 2 things.')
    const shown = fake.chats.at(-1)?.body.messages?.filter(({ role }) => role === 'tool')
    expect(shown).toMatchObject([{ content: expect.stringContaining('outcome of this call is unknown') as string }])
    const ends = (await entriesOf(other.url, 'hanging')).filter(({ body }) => body.type === 'run-end')
    expect(ends.map(({ runId }) => runId)).toContain(hanging.run_id)
  })
}

interface ExportedEntry {
  runId?: string
  body: { type: string }
}

async function entriesOf(url: string, session: string): Promise<ExportedEntry[]> {
  const response = await fetch(`${url}/api/v1/sessions/${session}/export`)
  const [, ...lines] = (await response.text()).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as ExportedEntry)
}
