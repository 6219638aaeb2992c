import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnsweringSite, startAnsweringSite } from '../../support/answering-site.ts'

let site: AnsweringSite

beforeAll(async () => {
  site = await startAnsweringSite()
})
afterAll(() => site.close())

const data = {
  id: 1,
  items: [
    { name: '가', tags: ['x', 'y'], price: 3 },
    { name: '나', tags: [], price: 1 },
  ],
  meta: { next: null, 'odd key': true },
}

function select(expression: string, body: unknown = data, args: Readonly<Record<string, unknown>> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return site.read({ headers: { 'content-type': 'application/json' }, body: text }, { select: expression, ...args })
}

test.each<[string, unknown]>([
  ['id', 1],
  ['items[*].name', ['가', '나']],
  ['items[?price > `2`].{n: name, t: tags[0]}', [{ n: '가', t: 'x' }]],
  ['sort_by(items, &price)[0].name', '나'],
  ['meta."odd key"', true],
  ['length(items)', 2],
  ['items[].tags[]', ['x', 'y']],
  ['@', data],
])('%s', async (expression, expected) => {
  const { answer, text } = await select(expression)
  expect(answer).toMatchObject({ body_kind: 'json', json: expected, truncated: false })
  expect(answer).not.toHaveProperty('hint')
  expect(text).toContain(JSON.stringify(expected))
})

test.each(['nope', 'meta.next', 'items.name', '&id', 'constructor', '__proto__', 'toString', 'constructor.name'])(
  '%s selects nothing, which is said with the names to select by',
  async (expression) => {
    const { answer, text } = await select(expression)
    expect(answer).toMatchObject({ json: data, keys: ['id', 'items', 'meta'] })
    expect(answer.hint).toContain('`select` found nothing')
    const [, served = ''] = text.split('<<<untrusted')
    expect(served).toContain('Keys: id, items, meta')
  },
)

test('the names in a list are those of its first object', async () => {
  expect((await select('nope', data.items)).answer.keys).toEqual(['[].name', '[].tags', '[].price'])
})

test.each([
  ['length(id)', 'length()'],
  ['unheard_of(@)', 'unheard_of'],
  ['sum(items)', 'sum()'],
])('%s cannot be applied, and the whole body is there', async (expression, named) => {
  const { answer } = await select(expression, { id: true, items: ['x'] })
  expect(answer).toMatchObject({ json: { id: true, items: ['x'] }, keys: ['id', 'items'] })
  expect(answer.hint).toContain('cannot be applied')
  expect(answer.hint).toContain(named)
})

test('an empty list is an answer, and says that it is empty', async () => {
  const { answer } = await select('items[?price > `9`]')
  expect(answer).toMatchObject({ json: [], hint: expect.stringContaining('nothing that fits') })
})

test.each(['items[', 'a..b', 'a |', '{', '   ', 'x'.repeat(1_001), ''])(
  'the expression %j is refused before anything is sent',
  async (expression) => {
    const before = site.asked()
    await expect(select(expression)).rejects.toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('`select`'),
    })
    expect(site.asked()).toBe(before)
  },
)

test.each(['(', '[', '!', '{a:', 'a.', 'a||', '&', '`['])('%s many times over does no harm', async (piece) => {
  const repeated = piece.repeat(Math.floor(1_000 / piece.length))
  await select(repeated).then(
    ({ answer }) => expect(answer.status).toBe(200),
    (error: unknown) => expect(error).toMatchObject({ code: 'invalid_arguments' }),
  )
})

test('an expression without end is stopped, holds up nobody, and the body is there', async () => {
  const order: string[] = []
  const endless = select(`${'[@,@][]|'.repeat(100)}@`).finally(() => order.push('endless'))
  const quick = select('id').finally(() => order.push('quick'))
  expect((await quick).answer.json).toBe(1)
  expect((await endless).answer).toMatchObject({ json: data, hint: expect.stringContaining('too much') })
  expect(order).toEqual(['quick', 'endless'])
  expect((await select('id')).answer.json).toBe(1)
})

test('integers that a number cannot hold stay as they are, as strings', async () => {
  const body = '{"id":12345678901234567890,"safe":9007199254740991,"next":9007199254740993,"f":0.1,"e":1e400,"n":-1e3}'
  const expected = {
    id: '12345678901234567890',
    safe: 9007199254740991,
    next: '9007199254740993',
    f: 0.1,
    e: '1e400',
    n: -1000,
  }
  const whole = await site.read({ headers: { 'content-type': 'application/json' }, body })
  expect(whole.answer.json).toEqual(expected)
  expect(whole.text).toContain(body)
  expect((await select('id', body)).answer.json).toBe('12345678901234567890')
})

test.each(['[', '{"a":'])('JSON nested without end by %s stays text', async (opening) => {
  const depth = 90_000 / opening.length
  const closing = opening === '[' ? ']' : '}'
  const body = `${opening.repeat(depth)}1${closing.repeat(depth)}`
  const served = { headers: { 'content-type': 'application/json' }, body }
  const { answer } = await site.read(served, { max_chars: 200_000 })
  expect(answer).toMatchObject({ body_kind: 'text', body })
  expect((await site.read(served, { max_chars: 200_000, select: 'a' })).answer).toMatchObject({
    body_kind: 'text',
    body,
  })
})

test('a long selection is paged through like any text', async () => {
  const { answer } = await select('items', data, { max_chars: 10 })
  const json = JSON.stringify(data.items)
  expect(answer).toMatchObject({ body: json.slice(0, 10), total_chars: json.length, next_start_index: 10 })
  expect(answer).not.toHaveProperty('json')
})

test.each([
  ['text/plain', '{"id":7}', { json: 7 }],
  ['', '{"id":7}', { json: 7 }],
  ['text/plain', 'no JSON', { body: 'no JSON', hint: expect.stringContaining('no whole JSON') }],
  ['application/json', '{"id":', { body: '{"id":', hint: expect.stringContaining('no whole JSON') }],
  ['text/html', '<p>page</p>', { body: 'page', body_kind: 'markdown', hint: expect.stringContaining('no whole JSON') }],
])('a selection in %j holding %j', async (type, body, expected) => {
  const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
  expect((await site.read({ headers, body }, { select: 'id' })).answer).toMatchObject(expected)
})

test('an error keeps its body although nothing was selected', async () => {
  const served = { status: 422, headers: { 'content-type': 'application/problem+json' }, body: '{"title":"bad"}' }
  const { answer } = await site.read(served, { select: 'items[*].id' })
  expect(answer).toMatchObject({ status: 422, json: { title: 'bad' }, keys: ['title'] })
})
