import { appendFileSync, copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HostError } from '../../src/core/errors.ts'
import type { FileSystem, OpenFile } from '../../src/files/file-system.ts'
import { nodeFileSystem } from '../../src/files/node-file-system.ts'
import { createProcesses } from '../../src/files/process-identity.ts'
import { openFolderStores, type Stores } from '../../src/runs/stores.ts'
import type { Claim } from '../../src/sessions/claim.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { messageDraft } from './drafts.ts'
import { createQuietLog } from './quiet-log.ts'

const ttlMs = 60_000
const id = 'one'

/** A folder with a session of two messages, closed. */
async function written(): Promise<Disposable & { path: string; file: string; open(): Opened }> {
  const folder = createFolder()
  const open = (): Opened => {
    const log = createQuietLog()
    return { ...openFolderStores(folder.path, { log }), said: log.said }
  }
  const stores = open()
  await stores.sessions.create({ id })
  const claim = await claimed(stores)
  await stores.sessions.append(claim, [messageDraft('first')])
  await stores.sessions.append(claim, [messageDraft('second')])
  await stores.sessions.release(claim)
  await stores.close()
  return { ...folder, file: join(folder.path, 'sessions/one.jsonl'), open, [Symbol.dispose]: folder[Symbol.dispose] }
}

type Opened = Stores & { said: string[] }

async function claimed({ sessions }: Stores): Promise<Claim> {
  const attempt = await sessions.claim(id, 'run_1', ttlMs)
  if (!attempt.claimed) throw new Error(`the session is held by ${attempt.owner}`)
  return attempt.claim
}

async function texts({ sessions }: Stores): Promise<string[]> {
  return (await sessions.entries(id)).flatMap(({ body }) =>
    body.type === 'message' ? body.message.parts.map((part) => ('text' in part ? (part.text ?? '') : part.type)) : [],
  )
}

/** Each line of the session's file, parsed: throws where two were joined. */
function linesOf(file: string): { type: string }[] {
  const content = readFileSync(file, 'utf8')
  expect(content.endsWith('\n')).toBe(true)
  return content
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string })
}

test.each([
  ['half a line', '{"type":"entries","token":1,"entr'],
  ['a whole line without its end', '{"type":"claim","token":1,"owner":"x","at":""}'],
  ['NUL bytes', '\0'.repeat(5000)],
  ['half a line and NUL bytes', '{"type":"ent\0\0\0\0'],
])('%s at the end is passed over by readers, and cut off before anything is written', async (_, tail) => {
  using folder = await written()
  appendFileSync(folder.file, tail)
  const stores = folder.open()
  expect(await texts(stores)).toEqual(['first', 'second'])
  expect(readFileSync(folder.file, 'utf8').endsWith(tail)).toBe(true)
  const claim = await claimed(stores)
  await stores.sessions.append(claim, [messageDraft('third')])
  expect(await texts(stores)).toEqual(['first', 'second', 'third'])
  const types = linesOf(folder.file).map(({ type }) => type)
  expect(types.join(' ')).toBe('session claim entries entries claim entries')
  expect(stores.said).toEqual([expect.stringContaining('it is cut off')])
  await stores.close()
})

test('a line that nobody can read costs itself alone, and is reported', async () => {
  using folder = await written()
  const lines = readFileSync(folder.file, 'utf8').split('\n')
  lines.splice(2, 1, 'not JSON', '{"type":"entries","token":1,"entries":[{"id":7}]}')
  writeFileSync(folder.file, lines.join('\n'))
  const stores = folder.open()
  expect(await texts(stores)).toEqual(['second'])
  expect(stores.said).toHaveLength(2)
  expect(stores.said[0]).toContain('"session":"one"')
  await stores.close()
})

test('what a writer adds after another has claimed is void', async () => {
  using folder = await written()
  const stores = folder.open()
  const claim = await claimed(stores)
  const late = readFileSync(folder.file, 'utf8').split('\n')[3]
  appendFileSync(folder.file, `${late}\n`)
  await stores.sessions.append(claim, [messageDraft('third')])
  expect(await texts(stores)).toEqual(['first', 'second', 'third'])
  expect(await texts(folder.open())).toEqual(['first', 'second', 'third'])
  await stores.close()
})

test('a file of a later version is refused, not misread', async () => {
  using folder = await written()
  writeFileSync(folder.file, readFileSync(folder.file, 'utf8').replace('"version":1', '"version":2'))
  const stores = folder.open()
  const attempt = stores.sessions.entries(id)
  await expect(attempt).rejects.toMatchObject({
    code: 'store_failed',
    message: expect.stringContaining('later version'),
  })
})

test('files that are not ours are reported, and hide nothing', async () => {
  using folder = await written()
  writeFileSync(join(folder.path, 'sessions/notes of mine.jsonl'), 'buy milk')
  writeFileSync(join(folder.path, 'sessions/one.json'), 'not JSON')
  copyFileSync(folder.file, join(folder.path, 'sessions/copy.jsonl'))
  const stores = folder.open()
  const { sessions } = await stores.sessions.list()
  expect(sessions.map((each) => each.id).toSorted()).toEqual(['copy', 'one'])
  expect(stores.said).toEqual([expect.stringContaining('left out of the list')])

  const run = await stores.runs.create({ id: 'run_1', sessionId: id, owner: 'process', ttlMs })
  await stores.runs.end(run, 'done')
  writeFileSync(join(folder.path, 'runs/run_2.json'), '{}')
  expect(await stores.runs.lost()).toEqual([])
  expect(await stores.runs.removeEnded(new Date(Date.now() + 60_000))).toBe(1)
  expect(await stores.runs.get('run_2')).toBeUndefined()

  await stores.records.put('response', 'resp_1', {})
  writeFileSync(join(folder.path, 'records/response/resp_1.json'), '[]')
  await expect(stores.records.get('response', 'resp_1')).rejects.toMatchObject({ code: 'store_failed' })
  await stores.close()
})

test('files are for their owner alone', async () => {
  using folder = await written()
  const stores = folder.open()
  await stores.sessions.change(id, { title: 'x' })
  await stores.records.put('response', 'resp_1', {})
  const run = await stores.runs.create({ id: 'run_1', sessionId: id, owner: 'process', ttlMs })
  await stores.runs.requestCancel(run.id)
  const found = readdirSync(folder.path, { recursive: true, withFileTypes: true })
  expect(found.length).toBeGreaterThan(10)
  for (const each of found) {
    const mode = statSync(join(each.parentPath, each.name)).mode & 0o777
    expect(`${each.name} ${mode.toString(8)}`).toBe(`${each.name} ${each.isDirectory() ? '700' : '600'}`)
  }
  await stores.close()
})

test('nothing is left in the scratch folder, and what a crash left there goes after an hour', async () => {
  using folder = await written()
  const scratch = join(folder.path, 'scratch')
  expect(readdirSync(scratch)).toEqual([])
  for (const name of ['old', 'new']) writeFileSync(join(scratch, name), '')
  await nodeFileSystem.setModifiedAt(join(scratch, 'old'), Date.now() - 3_700_000)
  const stores = folder.open()
  await stores.records.put('response', 'resp_1', {})
  expect(readdirSync(scratch)).toEqual(['new'])
  await stores.close()
})

test('a title of a session that was deleted is not that of a new one with its id', async () => {
  using folder = await written()
  const stores = folder.open()
  await stores.sessions.change(id, { title: 'old' })
  const changes = join(folder.path, 'sessions/one.json')
  const left = readFileSync(changes)
  await stores.sessions.delete(id)
  // As a crash in the middle of the deletion would leave it.
  writeFileSync(changes, left)
  await stores.sessions.create({ id, title: 'new' })
  expect(await stores.sessions.get(id)).toMatchObject({ title: 'new' })
  await stores.close()
})

test('long titles and metadata come back whole', async () => {
  using folder = createFolder()
  const stores = openFolderStores(folder.path, { log: createQuietLog() })
  const about = { id, title: '긴 제목 '.repeat(5000), metadata: { note: 'x\u2028y' } }
  await stores.sessions.create(about)
  expect(await stores.sessions.get(id)).toMatchObject(about)
  await stores.close()
})

test.each<[string, (own: ReturnType<typeof createProcesses>['self']) => object, boolean]>([
  ['a process that is gone', (own) => ({ ...own, pid: 4_194_305 }), true],
  ['a process whose number another has now', (own) => ({ ...own, start: '1' }), true],
  ['a live process', (own) => own, false],
  [
    'a process on another machine, which nobody here can ask',
    (own) => ({ ...own, where: 'there', pid: 4_194_305 }),
    false,
  ],
])('the claim of %s', async (_, process, free) => {
  using folder = await written()
  const stores = folder.open()
  const claim = await claimed(stores)
  await stores.close()
  const file = join(folder.path, 'sessions/claims', `one.${claim.token}`)
  const { mtimeMs } = statSync(file)
  writeFileSync(file, JSON.stringify({ owner: 'run_0', process: process(createProcesses().self) }))
  await nodeFileSystem.setModifiedAt(file, mtimeMs)
  const next = folder.open()
  expect(await next.sessions.claim(id, 'run_2', ttlMs)).toMatchObject({ claimed: free })
  await next.close()
})

test('a full disk fails the append, refuses all that follow, and costs nothing that was acknowledged', async () => {
  using folder = await written()
  let full = false
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async open(path) {
      const file = await nodeFileSystem.open(path)
      return file && { ...file, append: (bytes) => appendUnless(file, bytes, full) }
    },
  }
  const stores = openFolderStores(folder.path, { log: createQuietLog(), fileSystem })
  const claim = await claimed(stores)
  await stores.sessions.append(claim, [messageDraft('third')])
  full = true
  const draft = messageDraft('does not fit')
  await expect(stores.sessions.append(claim, [draft])).rejects.toMatchObject({ code: 'store_failed' })
  full = false
  const more = stores.sessions.append(claim, [draft])
  await expect(more).rejects.toMatchObject({ code: 'store_failed', message: expect.stringContaining('claimed anew') })
  await stores.sessions.release(claim)
  await stores.sessions.append(await claimed(stores), [messageDraft('fourth')])
  expect(await texts(stores)).toEqual(['first', 'second', 'third', 'fourth'])
  expect(linesOf(folder.file)).toHaveLength(8)
  await stores.close()
})

/** Half of the bytes are written before the disk is full. */
async function appendUnless(file: OpenFile, bytes: Buffer, full: boolean): Promise<void> {
  await file.append(full ? bytes.subarray(0, bytes.length / 2) : bytes)
  if (full) throw new HostError('store_failed', 'The data folder cannot be used (ENOSPC).')
}

test('a folder that cannot be written says so without its path', async () => {
  using folder = createFolder({ taken: 'a file' })
  const stores = openFolderStores(join(folder.path, 'taken'), { log: createQuietLog() })
  const failure: unknown = await stores.sessions.create().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'store_failed', message: expect.stringMatching(/ENOTDIR|EEXIST/) })
  expect(JSON.stringify((failure as HostError).toBody())).not.toContain(folder.path)
})
