import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openDataFolder } from '../../src/files/data-folder.ts'
import { createJsonlRunStore, type JsonlRunStore } from '../../src/runs/jsonl/run-store.ts'
import { withLiveTails } from '../../src/runs/live-tails.ts'
import { createMemoryRunStore } from '../../src/runs/memory/run-store.ts'
import type { RunStore } from '../../src/runs/run-store.ts'
import { runs } from '../../../../test/scale.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { testRunStore } from './run-store-contract.ts'

testRunStore(
  'live tails over memory',
  async () => ({ handles: [withLiveTails(createMemoryRunStore())], close: () => Promise.resolve() }),
  runs(500),
)

testRunStore('live tails over a shared folder', async () => openTwoOnFolder(), runs(100))

function openTwoOnFolder() {
  const folder = createFolder()
  const open = (): JsonlRunStore => createJsonlRunStore(openDataFolder(folder.path, { log: createQuietLog() }))
  const stores = [open(), open()]
  return {
    handles: stores.map(withLiveTails),
    async close() {
      await Promise.all(stores.map((store) => store.close()))
      folder[Symbol.dispose]()
    },
  }
}

const newRun = { id: 'run_1', sessionId: 'session_1', owner: 'process-1', ttlMs: 60_000 }
const words = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ type: 'text-delta', index: 0, text: `word ${from + i} ` }) as const)

async function collect(store: RunStore, after: number): Promise<string[]> {
  const texts: string[] = []
  for await (const { sequence, event } of store.follow('run_1', after)) {
    texts.push(`${sequence} ${event.type === 'text-delta' ? event.text : event.type}`)
  }
  return texts
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i} word ${from + i} `)

/** A store that says after which numbers it was asked for events. */
function openAsked() {
  const inner = createMemoryRunStore()
  const asked: number[] = []
  const store = withLiveTails({
    ...inner,
    async read(id, after, limit) {
      asked.push(after)
      return await inner.read(id, after, limit)
    },
  })
  return { store, asked }
}

test('a reader that keeps up does not ask the store, and one that comes late asks only for what is old', async () => {
  const { store, asked } = openAsked()
  const claim = await store.create(newRun)
  const early = collect(store, 0)
  for (let from = 1; from <= 2000; from += 10) {
    await store.append(claim, from, words(from, 10))
    await setImmediate()
  }
  expect(asked).toEqual([])
  const late = collect(store, 0)
  const last = collect(store, 1990)
  await store.append(claim, 2001, words(2001, 1))
  await store.end(claim, 'done')
  expect(await early).toEqual(numbered(1, 2001))
  expect(await last).toEqual(numbered(1991, 2001))
  expect(await late).toEqual(numbered(1, 2001))
  expect(asked[0]).toBe(0)
  expect(asked.every((after) => after < 2001 - 256)).toBe(true)
})

test.each([
  { ahead: 4000, asks: false },
  { ahead: 20_000, asks: true },
])('a reader that is $ahead events behind asks the store: $asks', async ({ ahead, asks }) => {
  const { store, asked } = openAsked()
  const claim = await store.create(newRun)
  await store.append(claim, 1, words(1, 1))
  const reader = store.follow('run_1', 0)[Symbol.asyncIterator]()
  expect(await reader.next()).toMatchObject({ value: { sequence: 1 } })
  for (let from = 2; from <= ahead; from += 500) await store.append(claim, from, words(from, 500))
  const seen: number[] = []
  while (seen.at(-1) !== ahead) seen.push((await reader.next()).value?.sequence ?? 0)
  expect(seen).toEqual(Array.from({ length: ahead - 1 }, (_, i) => i + 2))
  expect(asked.length > 0).toBe(asks)
  await reader.return?.()
})

test('a reader of a run that another process took over reads on what that one writes', async () => {
  const { handles, close } = openTwoOnFolder()
  const [ours, theirs] = handles
  if (!ours || !theirs) throw new Error('two stores were not opened')
  try {
    const claim = await ours.create(newRun)
    await ours.append(claim, 1, words(1, 2))
    const reading = collect(ours, 0)
    await ours.renew(claim, 1)
    await expect.poll(async () => (await theirs.lost()).length).toBe(1)
    const taken = await theirs.takeOver('run_1', 'process-2', 60_000)
    if (!taken) throw new Error('it was not lost')
    await expect(ours.renew(claim, 60_000)).rejects.toMatchObject({ code: 'stale_claim' })
    await theirs.append(taken, 3, words(3, 2))
    await theirs.end(taken, 'failed')
    expect(await reading).toEqual(numbered(1, 4))
  } finally {
    await close()
  }
})
