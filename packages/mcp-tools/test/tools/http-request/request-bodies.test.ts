import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, afterEach, expect, test } from 'vitest'
import { encodeMultipart } from '../../../src/tools/http-request/multipart.ts'
import { callHttpRequest } from '../../support/call-http-request.ts'
import { createFakeNetwork, type FakeNetwork } from '../../support/fake-network.ts'

let network: FakeNetwork

afterEach(() => network.close())

const folder = mkdtempSync(join(tmpdir(), 'uploads-'))
const root = join(folder, 'open')
mkdirSync(join(root, 'sub'), { recursive: true })
mkdirSync(join(folder, 'open-not'))
writeFileSync(join(root, 'report.csv'), 'a,b\n1,2\n')
writeFileSync(join(root, 'sub', 'inner.txt'), 'inner')
writeFileSync(join(root, 'large.bin'), Buffer.alloc(2_000_000))
writeFileSync(join(folder, 'secret.txt'), 'secret')
writeFileSync(join(folder, 'open-not', 'secret.txt'), 'secret')
symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'))
symlinkSync(folder, join(root, 'up'))
symlinkSync(join(root, 'report.csv'), join(root, 'inside.csv'))
execFileSync('mkfifo', [join(root, 'pipe')])

afterAll(() => rmSync(folder, { recursive: true }))

/** What the server got, or the code and message of the refusal. */
async function send(args: Readonly<Record<string, unknown>>, uploadRoots: readonly string[] = [root]) {
  const got: { type: string | undefined; body: Promise<Buffer> }[] = []
  network = await createFakeNetwork({
    names: { 'example.com': [['93.184.215.14']] },
    respond(request, response) {
      got.push({ type: request.headers['content-type'], body: buffer(request) })
      request.on('end', () => response.end())
    },
  })
  const options = { ...network.options, allow: 'example.com', uploadRoots }
  const outcome = await callHttpRequest(options, { url: 'http://example.com/', method: 'POST', ...args })
  const [first] = got
  if (first === undefined) return { code: outcome.code, message: 'message' in outcome ? outcome.message : '' }
  return { type: first.type, body: await first.body }
}

async function sendParts(...parts: readonly Readonly<Record<string, unknown>>[]) {
  const { type, body, code, message } = await send({ multipart: parts })
  if (body === undefined) return { code, message }
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type ?? '' } }).formData()
  const entries = [...form.entries()].map(async ([name, value]) =>
    typeof value === 'string'
      ? [name, value]
      : [name, { name: value.name, type: value.type, text: await value.text() }],
  )
  return { entries: await Promise.all(entries) }
}

test.each([
  [{ a: 'b c', n: 1, yes: true }, 'a=b+c&n=1&yes=true'],
  [{ list: ['x', 'y'], 이름: '김&=' }, 'list=x&list=y&%EC%9D%B4%EB%A6%84=%EA%B9%80%26%3D'],
  [{}, ''],
])('the form %j', async (form, body) => {
  const sent = await send({ form })
  expect(sent.type).toBe('application/x-www-form-urlencoded')
  expect(sent.body?.toString()).toBe(body)
})

test.each([
  ['AAH/', [0, 1, 255]],
  ['_-8=', [255, 239]],
  ['_-8', [255, 239]],
  ['AA\nH/ ', [0, 1, 255]],
  ['', []],
])('the base64 %j', async (base64, bytes) => {
  const { type, body } = await send({ base64, headers: { 'Content-Type': 'image/x-test' } })
  expect([...(body ?? [])]).toEqual(bytes)
  expect(type).toBe('image/x-test')
})

test('bytes without a type are just that', async () => {
  expect((await send({ base64: 'AAAA' })).type).toBe('application/octet-stream')
})

test.each(['A', 'AAAAA', 'A*==', 'AA===', 'é'])('%j is not base64', async (base64) => {
  expect(await send({ base64 })).toMatchObject({ code: 'invalid_body', message: expect.stringContaining('`base64`') })
})

test.each([
  [{ json: {}, text: 'x' }],
  [{ form: {}, multipart: [{ name: 'a', value: 'b' }] }],
  [{ base64: '', text: '' }],
])('two bodies are refused: %j', async (args) => {
  expect(await send(args)).toMatchObject({ code: 'invalid_body', message: expect.stringContaining('one body') })
})

test.each(['GET', 'HEAD', 'OPTIONS'])('%s takes no form', async (method) => {
  expect(await send({ method, form: { a: 'b' } })).toMatchObject({ code: 'invalid_body' })
})

test('fields and files arrive as a browser would send them', async () => {
  const { entries } = await sendParts(
    { name: 'title', value: '보고서' },
    { name: 'file', file: 'report.csv', type: 'text/csv' },
    { name: 'inner', file: join(root, 'sub', 'inner.txt'), filename: 'other.txt' },
    { name: 'raw', base64: 'aGk=' },
    { name: 'note', value: 'text as a file', filename: 'note.txt', type: 'text/plain' },
    { name: 'link', file: 'inside.csv' },
  )
  const csv = 'a,b\n1,2\n'
  expect(entries).toEqual([
    ['title', '보고서'],
    ['file', { name: 'report.csv', type: 'text/csv', text: csv }],
    ['inner', { name: 'other.txt', type: 'application/octet-stream', text: 'inner' }],
    ['raw', { name: 'raw', type: 'application/octet-stream', text: 'hi' }],
    ['note', { name: 'note.txt', type: 'text/plain', text: 'text as a file' }],
    ['link', { name: 'inside.csv', type: 'application/octet-stream', text: csv }],
  ])
})

test('the content type of a multipart body is not the caller’s to replace', async () => {
  const headers = { 'Content-Type': 'multipart/form-data; boundary=other' }
  const { type, body } = await send({ multipart: [{ name: 'a', value: 'b' }], headers })
  expect(type).toMatch(/^multipart\/form-data; boundary=part-/)
  expect(body?.toString().startsWith(`--${type?.split('=')[1]}\r\n`)).toBe(true)
})

test.each([
  'link.txt',
  'up/secret.txt',
  '../secret.txt',
  'sub/../../secret.txt',
  join(folder, 'secret.txt'),
  join(folder, 'open-not', 'secret.txt'),
  `${root}-not/secret.txt`,
  'missing.txt',
  '/etc/passwd',
  'up',
  '.',
  'report.csv\0',
])('the file %j is refused without saying whether it is there', async (file) => {
  const outcome = await sendParts({ name: 'file', file })
  expect(outcome).toEqual({
    code: 'blocked_file',
    message: `There is no file ${JSON.stringify(file)} in the folders open for uploads.`,
  })
})

test('without folders no file is read, and the message names the setting', async () => {
  const outcome = await send({ multipart: [{ name: 'file', file: join(root, 'report.csv') }] }, [])
  expect(outcome).toMatchObject({ code: 'blocked_file', message: expect.stringContaining('roots.upload') })
})

test('a root may itself be a link', async () => {
  symlinkSync(root, join(folder, 'alias'))
  const { body } = await send({ multipart: [{ name: 'file', file: 'report.csv' }] }, [join(folder, 'alias')])
  expect(body?.toString()).toContain('1,2')
})

test.each([
  ['sub', 'is not a file'],
  ['pipe', 'is not a file'],
  ['large.bin', 'too large'],
])('%s cannot be sent: %s', async (file, message) => {
  expect(await sendParts({ name: 'file', file })).toMatchObject({
    code: 'invalid_body',
    message: expect.stringContaining(message),
  })
})

test.each([[{ name: 'a' }], [{ name: 'a', value: 'b', base64: 'AA==' }], [{ name: 'a', base64: '*' }]])(
  'the part %j is refused, named by its place',
  async (part) => {
    const outcome = await sendParts({ name: 'fine', value: 'x' }, part)
    expect(outcome).toMatchObject({ code: 'invalid_body', message: expect.stringContaining('multipart[1]') })
  },
)

test.each([
  [{ multipart: [] }],
  [{ multipart: [{ name: 'a', value: 'b', extra: 1 }] }],
  [{ multipart: [{ name: 'a', value: 'b', type: 'text/plain\r\nx: y' }] }],
  [{ form: { a: { b: 1 } } }],
  [{ base64: 1 }],
])('%j does not fit the schema', async (args) => {
  expect(await send(args)).toMatchObject({ code: 'invalid_arguments' })
})

/** Without the escapes that browsers write, and which nobody reads back. */
const plain = (text: string) => text.replaceAll('%22', '"').replaceAll('%0A', '\n').replaceAll('%0D', '\r')

test('any parts are read back as they were, and written the same each time', async () => {
  network = await createFakeNetwork()
  const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  const part = fc.record({ name, base64: fc.uint8Array({ maxLength: 200 }), filename: name })
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
      const limits = { roots: [], maxBytes: 1_000_000 }
      const written = parts.map((each) => ({ ...each, base64: Buffer.from(each.base64).toString('base64') }))
      const { bytes, contentType } = await encodeMultipart(written, limits)
      expect((await encodeMultipart(written, limits)).bytes.equals(bytes)).toBe(true)
      const headers = { 'content-type': contentType }
      const form = await new Response(new Uint8Array(bytes), { headers }).formData()
      const read = [...form.entries()].map(async ([field, value]) => {
        if (typeof value === 'string') return [plain(field), value]
        return [plain(field), plain(value.name), Buffer.from(await value.arrayBuffer()).toString('base64')]
      })
      expect(await Promise.all(read)).toEqual(
        written.map((each) => [plain(each.name), plain(each.filename), each.base64]),
      )
    }),
  )
})
