import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnsweringSite, siteUrl, startAnsweringSite } from '../../support/answering-site.ts'

let site: AnsweringSite

beforeAll(async () => {
  site = await startAnsweringSite()
})
afterAll(() => site.close())

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
)
const webp = Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64')
const wav = Buffer.concat([
  Buffer.from(
    'RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0data\0\0\0\0',
    'latin1',
  ),
])
const pdf = Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n', 'latin1')
const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')

test.each<[string, Buffer, string, string]>([
  ['image/png', png, 'image', 'image/png'],
  ['image/gif', gif, 'image', 'image/gif'],
  ['image/jpeg', jpeg, 'image', 'image/jpeg'],
  ['image/webp', webp, 'image', 'image/webp'],
  ['image/jpeg', png, 'image', 'image/png'],
  ['application/octet-stream', png, 'image', 'image/png'],
  ['', png, 'image', 'image/png'],
  ['text/html', png, 'image', 'image/png'],
  ['audio/wav', wav, 'audio', 'audio/wav'],
])('%j that is one goes along as such', async (type, body, kind, mimeType) => {
  const { answer, content, text } = await site.read({ headers: type === '' ? {} : { 'content-type': type }, body })
  expect(answer).toMatchObject({ body_kind: kind, content_type: mimeType, bytes: body.length, truncated: false })
  expect(content[1]).toEqual({ type: kind, data: body.toString('base64'), mimeType })
  expect(text).toContain(`(${kind} follows)`)
  expect(JSON.stringify(answer)).not.toContain(body.toString('base64'))
})

test.each<[string, Buffer, string]>([
  ['application/pdf', pdf, 'application/pdf'],
  ['application/zip', zip, 'application/zip'],
  ['image/png', pdf, 'application/pdf'],
  ['image/png', Buffer.from([0x89, 0x50, 0, 1]), 'image/png'],
  ['image/avif', Buffer.from([0, 1, 2, 3]), 'image/avif'],
  ['', Buffer.from([0, 1, 2, 3]), 'application/octet-stream'],
])('%j that is no image goes along as a resource', async (type, body, mimeType) => {
  const { answer, content } = await site.read({ headers: type === '' ? {} : { 'content-type': type }, body })
  expect(answer).toMatchObject({
    body_kind: 'binary',
    content_type: mimeType,
    hint: expect.stringContaining('resource'),
  })
  expect(content[1]).toEqual({
    type: 'resource',
    resource: { uri: siteUrl, mimeType, blob: body.toString('base64') },
  })
})

test('what is called an image and is a page is a text', async () => {
  const { answer, content } = await site.read({ headers: { 'content-type': 'image/png' }, body: 'Not found, sorry' })
  expect(answer).toMatchObject({ body_kind: 'text', body: 'Not found, sorry' })
  expect(content).toHaveLength(1)
})

test('a large image is described, with what to do', async () => {
  const body = Buffer.concat([png, Buffer.alloc(700_001)])
  const { answer, content, text } = await site.read({ headers: { 'content-type': 'image/png' }, body })
  expect(answer).toMatchObject({ body_kind: 'image', bytes: body.length, hint: expect.stringContaining('save_as') })
  expect(content).toHaveLength(1)
  expect(text).not.toContain('follows')
})

test('half an image is never shown', async () => {
  const small = await startAnsweringSite({ limits: { maxBodyBytes: 50, maxWireBytes: 50 } })
  const { answer, content } = await small.read({ headers: { 'content-type': 'image/png' }, body: png })
  expect(answer).toMatchObject({ body_kind: 'image', truncated: true, bytes: 50 })
  expect(content).toHaveLength(1)
  await small.close()
})
