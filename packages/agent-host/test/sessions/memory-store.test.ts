import { expect, test } from 'vitest'
import { createMemoryRecordStore } from '../../src/sessions/memory/record-store.ts'
import { createMemorySessionStore } from '../../src/sessions/memory/session-store.ts'
import { runs } from '../../../../test/scale.ts'
import { testRecordStore } from './record-contract.ts'
import { testSessionStore } from './store-contract.ts'

testSessionStore(
  'memory',
  async () => ({ handles: [createMemorySessionStore()], close: () => Promise.resolve() }),
  runs(5000),
)
testRecordStore('memory', async (lifetimes) => ({
  handles: [createMemoryRecordStore({ ...(lifetimes && { lifetimes }) })],
  close: () => Promise.resolve(),
}))

test('the sessions that were not written to for longest are forgotten, but none that is in use', async () => {
  const store = createMemorySessionStore({ maxSessions: 2 })
  for (const id of ['a', 'b']) await store.create({ id })
  const attempt = await store.claim('a', 'run_1', 60_000)
  await store.create({ id: 'c' })
  await store.create({ id: 'd' })
  expect((await store.list()).sessions.map(({ id }) => id).toSorted()).toEqual(['a', 'd'])
  if (attempt.claimed) await store.release(attempt.claim)
  await store.create({ id: 'e' })
  expect((await store.list()).sessions.map(({ id }) => id).toSorted()).toEqual(['d', 'e'])
})

test('the records that were put first are forgotten', async () => {
  const store = createMemoryRecordStore({ maxRecords: 2 })
  for (const id of ['a', 'b', 'a', 'c']) await store.put('response', id, { id })
  expect(await store.get('response', 'b')).toBeUndefined()
  expect(await store.get('response', 'a')).toEqual({ id: 'a' })
})
