import { createMemoryRunStore } from '../../src/runs/memory/run-store.ts'
import { expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import { testRunStore } from './run-store-contract.ts'

testRunStore('memory', async () => ({ handles: [createMemoryRunStore()], close: () => Promise.resolve() }), runs(2000))

/** A run with three events. */
async function written() {
  const store = createMemoryRunStore()
  const claim = await store.create({ id: 'run_1', sessionId: 's', owner: 'process', ttlMs: 60_000 })
  const delta = { type: 'text-delta' as const, index: 0, text: 'x' }
  await store.append(claim, 1, [delta, delta, delta])
  return { store, end: () => store.end(claim, 'done'), isThere: async () => (await store.get('run_1')) !== undefined }
}

test('a run that may pass is there until it was followed to its end and nobody follows it', async () => {
  const { store, end, isThere } = await written()
  const [slow, quick] = [store.follow('run_1', 0), store.follow('run_1', 0)].map((each) => each[Symbol.asyncIterator]())
  for (let i = 0; i < 3; i++) await quick?.next()
  await slow?.next()
  await end()
  store.letPass('run_1')
  expect(await quick?.next()).toMatchObject({ done: true })
  expect(await isThere()).toBe(true)
  for (const sequence of [2, 3]) expect(await slow?.next()).toMatchObject({ value: { sequence } })
  expect(await isThere()).toBe(true)
  expect(await slow?.next()).toMatchObject({ done: true })
  expect(await isThere()).toBe(false)
})

test('what nobody followed to its end stays, and so does what may not pass', async () => {
  const { store, end, isThere } = await written()
  for await (const { sequence } of store.follow('run_1', 0)) if (sequence === 2) break
  await end()
  store.letPass('run_1')
  expect(await isThere()).toBe(true)
  const kept = await written()
  await kept.end()
  for await (const { sequence } of kept.store.follow('run_1', 0)) expect(sequence).toBeLessThanOrEqual(3)
  expect(await kept.isThere()).toBe(true)
  kept.store.letPass('run_1')
  expect(await kept.isThere()).toBe(false)
})
