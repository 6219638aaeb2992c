import { writeFileSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AnsweringSite, startAnsweringSite } from '../../support/answering-site.ts'

let root: string
let folder: string
let site: AnsweringSite

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'saving-'))
  folder = join(root, 'open')
  await mkdir(folder)
  site = await startAnsweringSite({ saveFolder: folder })
})
afterEach(async () => {
  await site.close()
  await rm(root, { recursive: true })
})

const bytes = Buffer.from([0, 1, 2, 0xff, 0xfe])

function save(name: string, args: Readonly<Record<string, unknown>> = {}) {
  return site.read({ headers: { 'content-type': 'application/pdf' }, body: bytes }, { save_as: name, ...args })
}

test.each(['report.pdf', '보고서 1차.pdf', 'a', 'x'.repeat(120)])(
  'a body is saved as %s, byte for byte',
  async (name) => {
    const { answer, text, content } = await save(name)
    const path = join(folder, name)
    expect(answer).toMatchObject({ body_kind: 'saved', saved_as: path, bytes: 5, truncated: false })
    expect(text).toContain(`Saved as ${path}`)
    expect(content).toHaveLength(1)
    expect(await readFile(path)).toEqual(bytes)
    // oxlint-disable-next-line no-bitwise -- the permissions are bits
    expect((await lstat(path)).mode & 0o777).toBe(0o600)
  },
)

test.each([
  '../escape',
  '..',
  '.',
  '.hidden',
  'a/b',
  'a\\b',
  '/etc/passwd',
  'C:x',
  'nul',
  'CON.txt',
  'a\0b',
  'a\nb',
  'trailing.',
  'trailing ',
  ' leading',
  'stream:x',
  '%2e%2e%2fx',
  'x'.repeat(121),
  '',
])('the name %j is refused before anything is sent', async (name) => {
  await expect(save(name)).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:blocked_file|invalid_arguments)$/),
  })
  expect(site.asked()).toBe(0)
  expect(await readdir(root)).toEqual(['open'])
  expect(await readdir(folder)).toEqual([])
})

test('nothing is saved where the operator opened no folder', async () => {
  const closed = await startAnsweringSite()
  await expect(closed.read({ body: bytes }, { save_as: 'a' })).rejects.toMatchObject({
    code: 'blocked_file',
    message: expect.stringContaining('roots.save'),
  })
  expect(closed.asked()).toBe(0)
  await closed.close()
})

test('a file that is there stays, unless it may be replaced', async () => {
  await writeFile(join(folder, 'a'), 'old')
  await expect(save('a')).rejects.toMatchObject({ code: 'blocked_file', message: expect.stringContaining('overwrite') })
  expect(site.asked()).toBe(0)
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('old')
  await save('a', { overwrite: true })
  expect(await readFile(join(folder, 'a'))).toEqual(bytes)
  expect(await readdir(folder)).toEqual(['a'])
})

test('a file that appears while the request is under way stays, and the answer is not lost', async () => {
  const path = join(folder, 'a')
  const served = { headers: { 'content-type': 'text/plain' }, body: 'new', meanwhile: () => writeFileSync(path, 'old') }
  const { answer } = await site.read(served, { save_as: 'a' })
  expect(answer).toMatchObject({ body_kind: 'text', body: 'new', hint: expect.stringContaining('is there already') })
  expect(await readFile(path, 'utf8')).toBe('old')
})

test('no link is followed', async () => {
  const outside = join(root, 'outside')
  await writeFile(outside, 'untouched')
  await symlink(outside, join(folder, 'live'))
  await symlink(join(root, 'new'), join(folder, 'dangling'))
  for (const name of ['live', 'dangling']) {
    await expect(save(name)).rejects.toMatchObject({ code: 'blocked_file' })
    await save(name, { overwrite: true })
    expect((await lstat(join(folder, name))).isFile()).toBe(true)
  }
  expect(await readFile(outside, 'utf8')).toBe('untouched')
  expect((await readdir(root)).toSorted()).toEqual(['open', 'outside'])
})

test('a folder of that name is not replaced, and the answer is not lost', async () => {
  await mkdir(join(folder, 'a'))
  const { answer } = await save('a', { overwrite: true })
  expect(answer).toMatchObject({ body_kind: 'binary', hint: expect.stringContaining('could not be written') })
  expect(await readdir(folder)).toEqual(['a'])
})

test('an error is shown, not saved as if it were the file', async () => {
  const served = { status: 404, headers: { 'content-type': 'text/plain' }, body: 'gone' }
  const { answer } = await site.read(served, { save_as: 'a.pdf' })
  expect(answer).toMatchObject({ status: 404, body: 'gone', hint: expect.stringContaining('Nothing was saved') })
  expect(await readdir(folder)).toEqual([])
})

test('half a body is not saved', async () => {
  const small = await startAnsweringSite({ saveFolder: folder, limits: { maxBodyBytes: 3, maxWireBytes: 3 } })
  const { answer } = await small.read({ headers: { 'content-type': 'application/pdf' }, body: bytes }, { save_as: 'a' })
  expect(answer.hint).toContain('not read to its end')
  expect(await readdir(folder)).toEqual([])
  await small.close()
})
