import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { PromptEndpoint } from '../../src/agent/prompts/endpoints.ts'
import { userMessage } from '../../src/index.ts'
import { openDataFolder } from '../../src/files/data-folder.ts'
import { createJsonlRecordStore } from '../../src/sessions/jsonl/record-store.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { recoverRuns, type Recovery } from '../../src/runs/recover-runs.ts'
import type { Stores } from '../../src/runs/stores.ts'
import type { EntryBody } from '../../src/sessions/entry.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { type ManagedRuns, manageRuns, quiet } from './managed-runs.ts'

const call = (id: string) => ({ id, name: 'echo', arguments: `{"text":"${id}"}` })

/** A run that was lost after it began these calls; true where one may be repeated. */
async function loseRun(
  { stores }: ManagedRuns,
  calls: Record<string, boolean>,
  { endpoint, sessionTtlMs = 20 }: { endpoint?: PromptEndpoint; sessionTtlMs?: number } = {},
): Promise<string> {
  const { id: sessionId } = await stores.sessions.create()
  const claim = await stores.runs.create({ id: 'run_lost', sessionId, endpoint, owner: 'gone', ttlMs: 20 })
  await stores.runs.start(claim, 'm')
  const attempt = await stores.sessions.claim(sessionId, 'run_lost', sessionTtlMs)
  if (!attempt.claimed) throw new Error('not claimed')
  const parts = Object.keys(calls).map((id) => ({ type: 'tool-call' as const, call: call(id) }))
  const bodies: EntryBody[] = [
    { type: 'message', message: userMessage('Say it.') },
    { type: 'message', message: { id: 'msg_1', role: 'assistant', parts } },
    ...Object.entries(calls).map(([id, idempotent]) => ({
      type: 'tool-intent' as const,
      messageId: 'msg_1',
      call: call(id),
      idempotent,
    })),
  ]
  await stores.sessions.append(
    attempt.claim,
    bodies.map((body) => ({ runId: 'run_lost', body })),
  )
  await vi.waitUntil(async () => (await stores.runs.lost()).length === 1, { timeout: 30_000 })
  return sessionId
}

const recovery = ({ stores, manager }: { stores: Stores; manager: ManagedRuns['manager'] }): Recovery =>
  recoverRuns({
    stores,
    resume: manager.start,
    log: quiet,
    owner: 'rescuer',
    leaseMs: 5000,
    everyMs: 60_000,
    keepMs: 60_000,
  })

test('a run whose process was lost is ended by another, once, and tells what is unknown', async () => {
  await using runs = await manageRuns()
  const sessionId = await loseRun(runs, { call_1: false })
  const [first, second] = [recovery(runs), recovery(runs)]
  const ended = await Promise.all([first.look(), second.look()])
  await Promise.all([first.close(), second.close()])
  expect(ended.toSorted((a, b) => a - b)).toEqual([0, 1])
  expect(await runs.manager.get('run_lost')).toMatchObject({ state: 'failed', error: { code: 'run_lost' } })
  expect((await runs.eventsOf('run_lost')).map((event) => event.type)).toEqual(['tool-result', 'error', 'run-end'])
  runs.fake.script({ text: 'I see.' })
  await runs.ask('Did it work?', sessionId)
  const tool = runs.fake.chats.at(-1)?.body.messages?.find(({ role }) => role === 'tool')
  expect(tool?.content).toContain('outcome of this call is unknown')
})

test('another run goes on in its place where all that is unknown may be done again', async () => {
  await using runs = await manageRuns()
  const sessionId = await loseRun(runs, { call_1: true, call_2: true })
  runs.fake.script({ text: 'Both said.' })
  const rescuer = recovery(runs)
  expect(await rescuer.look()).toBe(1)
  await rescuer.close()
  const { error } = await runs.manager.get('run_lost')
  const next = String(error?.details?.continued_by)
  expect((await runs.eventsOf('run_lost')).map((event) => event.type)).toEqual(['error', 'run-end'])
  expect((await runs.eventsOf(next)).at(-1)).toMatchObject({ type: 'run-end', reason: 'answer' })
  const sent = runs.fake.chats.at(-1)?.body.messages?.filter(({ role }) => role === 'tool')
  expect(sent?.map(({ content }) => content)).toEqual(['call_1', 'call_2'])
  expect((await runs.bodiesOf(sessionId)).filter((type) => type === 'tool-intent')).toHaveLength(2)
})

test('the run in its place is given the instructions of what asked for the lost one', async () => {
  using folder = createFolder({ 'default.md': 'for any', 'v1_chat.md': 'for v1_chat' })
  await using runs = await manageRuns({ promptsDir: folder.path })
  await loseRun(runs, { call_1: true }, { endpoint: 'v1_chat' })
  runs.fake.script({ text: 'Said.' })
  const rescuer = recovery(runs)
  await rescuer.look()
  await rescuer.close()
  const { error } = await runs.manager.get('run_lost')
  await runs.eventsOf(String(error?.details?.continued_by))
  expect(runs.fake.chats.at(-1)?.body.messages?.[0]).toMatchObject({ role: 'system', content: 'for v1_chat' })
})

test('a claim on the session that the lost process renewed last is waited for', async () => {
  await using runs = await manageRuns()
  const sessionId = await loseRun(runs, { call_1: true }, { sessionTtlMs: 500 })
  const rescuer = recovery(runs)
  expect(await rescuer.look()).toBe(1)
  await rescuer.close()
  const { error } = await runs.manager.get('run_lost')
  expect((await runs.eventsOf(String(error?.details?.continued_by))).at(-1)).toMatchObject({ reason: 'answer' })
  expect(await runs.bodiesOf(sessionId)).toContain('run-end')
})

test('nothing is done again where one of the calls may not be, or where the conversation went on', async () => {
  await using runs = await manageRuns()
  const sessionId = await loseRun(runs, { call_1: true, call_2: false })
  const rescuer = recovery(runs)
  await rescuer.look()
  await rescuer.close()
  expect((await runs.manager.get('run_lost')).error?.details).toBeUndefined()
  expect(runs.fake.chats).toEqual([])
  expect((await runs.bodiesOf(sessionId)).at(-1)).toBe('run-end')
})

test('only tools that are configured so may be called again, and only in runs without options of their own', async () => {
  await using runs = await manageRuns()
  const idempotent = async (instructions?: string): Promise<boolean[]> => {
    runs.fake.script({ toolCalls: [{ name: 'echo', arguments: { text: 'a' } }] }, { text: 'a' })
    const manager = runs.open({ rules: { idempotent: ({ name }) => name === 'echo' } })
    const { sessionId, ended } = await manager.start({ instructions, messages: [userMessage('a')] })
    await ended
    const entries = await runs.stores.sessions.entries(sessionId)
    return entries.flatMap(({ body }) => (body.type === 'tool-intent' ? [body.idempotent] : []))
  }
  expect(await idempotent()).toEqual([true])
  expect(await idempotent('Be brief.')).toEqual([false])
})

test('records that have outlived their kind are removed, and no others', async () => {
  await using runs = await manageRuns()
  using folder = createFolder()
  const records = createJsonlRecordStore(openDataFolder(folder.path, { log: createQuietLog() }))
  for (const kind of ['response', 'chat-steps'] as const) {
    for (const id of ['old', 'new']) await records.put(kind, id, {})
    utimesSync(join(folder.path, `records/${kind}/old.json`), 1_700_000_000, 1_700_000_000)
  }
  const looking = recovery({ manager: runs.manager, stores: { ...runs.stores, records } })
  await looking.look()
  await looking.close()
  expect(readdirSync(join(folder.path, 'records/chat-steps'))).toEqual(['new.json'])
  expect(readdirSync(join(folder.path, 'records/response')).toSorted()).toEqual(['new.json', 'old.json'])
})
