import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import { HostError } from '../../src/core/errors.ts'
import { openDataFolder } from '../../src/files/data-folder.ts'
import type { FileSystem, OpenFile } from '../../src/files/file-system.ts'
import { nodeFileSystem } from '../../src/files/node-file-system.ts'
import { createSessionOrder, type Place } from '../../src/sessions/jsonl/index/session-order.ts'
import { createTouchedSessions } from '../../src/sessions/jsonl/index/touched-sessions.ts'
import { createJsonlSessionStore, type JsonlSessionStore } from '../../src/sessions/jsonl/session-store.ts'
import { pageOf } from '../../src/sessions/session-page.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { messageDraft } from './drafts.ts'
import { createQuietLog } from './quiet-log.ts'

const ttlMs = 60_000
const wasKilled = new HostError('store_failed', 'The process was killed.')

/** A store on the folder as a process of its own would have it; `looks` counts the session files that it looked at. */
function open(path: string): { store: JsonlSessionStore; looks: { count: number }; said: string[] } {
  const log = createQuietLog()
  const looks = { count: 0 }
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    state(file) {
      if (/sessions.[^/\\]+\.jsonl$/.test(file)) looks.count++
      return nodeFileSystem.state(file)
    },
  }
  return { store: createJsonlSessionStore(openDataFolder(path, { log, fileSystem })), looks, said: log.said }
}

const ids = async (store: JsonlSessionStore, limit = 5): Promise<string[]> =>
  (await store.list({ limit })).sessions.map(({ id }) => id)

async function write(store: JsonlSessionStore, id: string): Promise<void> {
  const attempt = await store.claim(id, 'run_1', ttlMs)
  if (!attempt.claimed) throw new Error(`the session is held by ${attempt.owner}`)
  await store.append(attempt.claim, [messageDraft('hi')])
  await store.release(attempt.claim)
}

/** Sessions whose files were written to long ago, the first one last. */
function fill(path: string, count: number, from = 0): void {
  const line = readFileSync(join(path, 'sessions/first.jsonl'), 'utf8')
  for (let i = from; i < from + count; i++) {
    const file = join(path, `sessions/old-${i}.jsonl`)
    writeFileSync(file, line.replaceAll('"first"', `"old-${i}"`))
    utimesSync(file, 1_700_000_000 - i, 1_700_000_000 - i)
  }
}

const anyPlace = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'B'), modifiedAt: fc.integer({ min: 0, max: 4 }) })

test('the order gives the pages that sorting everything anew would give, whatever changed', () => {
  const change = fc.oneof(anyPlace, fc.record({ id: anyPlace.map(({ id }) => id), modifiedAt: fc.constant(undefined) }))
  fc.assert(
    fc.property(fc.uniqueArray(anyPlace, { selector: ({ id }) => id }), fc.array(change), (first, changes) => {
      const order = createSessionOrder(first)
      const model = new Map(first.map(({ id, modifiedAt }) => [id, modifiedAt]))
      for (const { id, modifiedAt } of changes) {
        order.set(id, modifiedAt)
        if (modifiedAt === undefined) model.delete(id)
        else model.set(id, modifiedAt)
      }
      const all = [...model].map(([id, at]) => ({ id, updatedAt: new Date(at).toISOString() }))
      expect(order.size).toBe(all.length)
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const { items, cursor: next } = pageOf(all, { limit: 2, cursor })
        const page = order.page(2, cursor)
        expect(page).toEqual({ ids: items.map(({ id }) => id), ...(next !== undefined && { cursor: next }) })
        cursor = next
      }
      expect(order.all().map(({ id }: Place) => id)).toHaveLength(model.size)
    }),
    { numRuns: runs(2000) },
  )
})

test('a page looks at the sessions that may have changed alone, whichever process changed them', async () => {
  using folder = createFolder()
  const [one, other] = [open(folder.path), open(folder.path)]
  await one.store.create({ id: 'first' })
  fill(folder.path, 300)
  for (const { store } of [one, other]) expect(await ids(store, 2)).toEqual(['first', 'old-0'])
  one.looks.count = 0
  await one.store.create({ id: 'second' })
  await write(other.store, 'old-200')
  await write(other.store, 'old-100')
  await other.store.delete('old-0')
  expect(await ids(one.store)).toEqual(['old-100', 'old-200', 'second', 'first', 'old-1'])
  expect(one.looks.count).toBeLessThan(20)
  one.looks.count = 0
  expect(await ids(one.store)).toEqual(await ids(other.store))
  expect(one.looks.count).toBeLessThan(5)
})

test('a session that is held is looked at for each page, and once more when it is released', async () => {
  using folder = createFolder()
  const [one, other] = [open(folder.path), open(folder.path)]
  const backdate = (id: string, at: number) => utimesSync(join(folder.path, `sessions/${id}.jsonl`), at, at)
  for (const id of ['first', 'held', 'other']) await one.store.create({ id })
  backdate('first', 2)
  backdate('other', 2)
  const attempt = await other.store.claim('held', 'run_1', ttlMs)
  if (!attempt.claimed) throw new Error('nobody else holds it')
  for (const releases of [false, false, true]) {
    backdate('held', 1)
    expect(await ids(one.store)).toEqual(['other', 'first', 'held'])
    await other.store.append(attempt.claim, [messageDraft('hi')])
    if (releases) await other.store.release(attempt.claim)
    expect(await ids(one.store)).toEqual(['held', 'other', 'first'])
  }
  backdate('held', 1)
  expect(await ids(one.store)).toEqual(['held', 'other', 'first'])
})

test('a session is listed also where a page was made just before its file was there, and its process killed after', async () => {
  using folder = createFolder()
  const living = open(folder.path)
  await living.store.create({ id: 'first' })
  expect(await ids(living.store)).toEqual(['first'])
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async link(from, to) {
      expect(await ids(living.store)).toEqual(['first'])
      await nodeFileSystem.link(from, to)
      throw wasKilled
    },
  }
  const killed = createJsonlSessionStore(openDataFolder(folder.path, { log: createQuietLog(), fileSystem }))
  await expect(killed.create({ id: 'made' })).rejects.toBe(wasKilled)
  expect(await ids(living.store)).toEqual(['made', 'first'])
})

test('the next process goes on from what the last one knew, and finds what was copied and removed meanwhile', async () => {
  using folder = createFolder()
  const first = open(folder.path)
  await first.store.create({ id: 'first' })
  fill(folder.path, 1050)
  expect(await ids(first.store, 2)).toEqual(['first', 'old-0'])
  await write(first.store, 'old-700')
  await first.store.close()
  fill(folder.path, 3, 1050)
  rmSync(join(folder.path, 'sessions/old-0.jsonl'))
  const next = open(folder.path)
  expect(await ids(next.store)).toEqual(['old-700', 'first', 'old-1', 'old-2', 'old-3'])
  expect(next.looks.count).toBeLessThan(20)
  const { sessions } = await next.store.list({ limit: 1500 })
  expect(sessions).toHaveLength(1053)
})

test.each([
  ['is not JSON', () => 'no'],
  ['is of another start of the machine', (text: string) => text.replace(/"bootedAt":\d+/, '"bootedAt":1')],
  ['tells of names that are gone', (text: string) => text.replace(/"identity":"[^"]*"/, '"identity":"other"')],
])('a list that %s is made anew from the sessions', async (_, spoil) => {
  using folder = createFolder()
  const first = open(folder.path)
  await first.store.create({ id: 'first' })
  fill(folder.path, 1050)
  await ids(first.store)
  const file = join(folder.path, 'index/sessions.json')
  const [before, spoilt] = [readFileSync(file, 'utf8'), spoil(readFileSync(file, 'utf8'))]
  expect(spoilt).not.toBe(before)
  writeFileSync(file, spoilt)
  // As nobody could see who trusts what is in the list.
  utimesSync(join(folder.path, 'sessions/old-9.jsonl'), 1_800_000_000, 1_800_000_000)
  const next = open(folder.path)
  expect(await ids(next.store, 2)).toEqual(['old-9', 'first'])
  expect(next.looks.count).toBeGreaterThan(1050)
})

test('small folders are not given a list, and the folder of the lists may be removed', async () => {
  using folder = createFolder()
  const first = open(folder.path)
  expect(await ids(first.store)).toEqual([])
  expect(readdirSync(folder.path)).toEqual([])
  await first.store.create({ id: 'first' })
  await first.store.create({ id: 'second' })
  await ids(first.store)
  expect(readdirSync(join(folder.path, 'index'))).toEqual(['touched.1'])
  expect(statSync(join(folder.path, 'index')).mode & 0o777).toBe(0o700)
  rmSync(join(folder.path, 'index'), { recursive: true })
  const next = open(folder.path)
  await write(next.store, 'first')
  for (const { store } of [first, next]) expect(await ids(store)).toEqual(['first', 'second'])
})

/** The real file system until so many operations were done; the next one, and all after it, fail. */
function killable(): { fileSystem: FileSystem; killAfter(operations: number): void } {
  let done = 0
  let most = Number.POSITIVE_INFINITY
  const alive =
    <Args extends unknown[], Value>(work: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      if (++done > most) throw wasKilled
      return await work(...args)
    }
  const file = (opened: OpenFile): OpenFile => ({
    state: alive(opened.state),
    read: alive(opened.read),
    append: alive(opened.append),
    truncate: alive(opened.truncate),
    sync: alive(opened.sync),
    close: opened.close,
  })
  const fileSystem: FileSystem = {
    makeFolder: alive(nodeFileSystem.makeFolder),
    list: alive(nodeFileSystem.list),
    read: alive(nodeFileSystem.read),
    open: alive(nodeFileSystem.open),
    create: alive(nodeFileSystem.create),
    state: alive(nodeFileSystem.state),
    setModifiedAt: alive(nodeFileSystem.setModifiedAt),
    rename: alive(nodeFileSystem.rename),
    link: alive(nodeFileSystem.link),
    remove: alive(nodeFileSystem.remove),
    syncFolder: alive(nodeFileSystem.syncFolder),
  }
  return {
    fileSystem: {
      ...fileSystem,
      async open(path) {
        const opened = await fileSystem.open(path)
        return opened && file(opened)
      },
      create: async (path) => file(await fileSystem.create(path)),
    },
    killAfter(operations) {
      done = 0
      most = operations
    },
  }
}

test('a kill at any moment of adding, writing and removing leaves what other processes list right', async () => {
  using folder = createFolder()
  const living = open(folder.path)
  await living.store.create({ id: 'first' })
  const { fileSystem, killAfter } = killable()
  const dead = { self: { where: 'here', pid: 1, start: '' }, isAlive: () => false }
  const work = async (round: number): Promise<void> => {
    const data = openDataFolder(folder.path, { log: createQuietLog(), fileSystem, processes: dead })
    const store = createJsonlSessionStore(data)
    await store.create({ id: `made-${round}` })
    await write(store, 'first')
    await store.create({ id: `removed-${round}` })
    await store.delete(`removed-${round}`)
  }
  let operations = 0
  for (let killed = true; killed; operations++) {
    // What the last one left there would have to be looked at.
    rmSync(join(folder.path, 'scratch'), { recursive: true, force: true })
    killAfter(operations)
    killed = await work(operations).then(
      () => false,
      (error: unknown) => error === wasKilled,
    )
    expect(await ids(living.store, 1000)).toEqual(await ids(open(folder.path).store, 1000))
  }
  expect(operations).toBeGreaterThan(50)
  expect((await living.store.list({ limit: 1000 })).sessions.length).toBeGreaterThan(50)
})

test('names of sessions reach whoever reads now and then, through all files that are begun', async () => {
  using folder = createFolder()
  const data = openDataFolder(folder.path, { log: createQuietLog() })
  const writers = Array.from({ length: 3 }, () => createTouchedSessions(data, join(folder.path, 'index'), 400))
  const [reader] = writers
  if (!reader) throw new Error('there is no reader')
  let position = await reader.recent()
  const unread = new Set<string>()
  for (let round = 0; round < 60; round++) {
    const added = writers.map((_, i) => `session-${round}-${i}`)
    const adding = Promise.all(writers.map((writer, i) => writer.add(added[i] ?? '')))
    if (round % 2 === 0) {
      // In the middle of it: what is not found now is found later.
      const since = await reader.since(position)
      if (since) ({ position } = since)
      for (const id of since?.ids ?? []) unread.delete(id)
      for (const id of added) if (!since?.ids.includes(id)) unread.add(id)
    }
    await adding
    if (round % 2 === 1) for (const id of added) unread.add(id)
    if (round % 5 !== 0) continue
    const since = await reader.since(position)
    if (!since) throw new Error('it was read often enough')
    ;({ position } = since)
    for (const id of since.ids) unread.delete(id)
    expect([...unread]).toEqual([])
  }
  expect(readdirSync(join(folder.path, 'index')).length).toBeLessThanOrEqual(3)
})

test('whoever has not read for long is told that it has missed something, and half a name costs no other', async () => {
  using folder = createFolder()
  const index = join(folder.path, 'index')
  const touched = createTouchedSessions(openDataFolder(folder.path, { log: createQuietLog() }), index, 100)
  const before = await touched.recent()
  expect(await touched.since(before)).toEqual({ ids: [], position: before })
  await touched.add('first')
  const after = await touched.since(before)
  expect(after?.ids).toEqual(['first'])
  appendFileSync(join(index, 'touched.1'), '\nhal')
  await touched.add('second')
  expect((await touched.since(after?.position ?? before))?.ids).toEqual(['hal', 'second'])
  for (let i = 0; i < 60; i++) await touched.add(`session-${i}`)
  for (const position of [before, after?.position ?? before]) expect(await touched.since(position)).toBeUndefined()
})
