import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sliceText } from '../../../src/tools/http-request/answer/slice-text.ts'
import type { ResponseOutput } from '../../../src/tools/http-request/schema.ts'
import { type AnsweringSite, startAnsweringSite } from '../../support/answering-site.ts'

let site: AnsweringSite

beforeAll(async () => {
  site = await startAnsweringSite()
})
afterAll(() => site.close())

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '👩‍👩‍👧‍👦',
    '🇰🇷',
    '한글'.normalize('NFD'),
    'e\u0301',
    '\r\n',
    '\ud800',
    '\udc00',
    '\u0301'.repeat(200),
    '👍🏽',
  ),
)
const text = fc.array(hostile, { maxLength: 30 }).map((parts) => parts.join(''))

function pages(whole: string, length: number): string[] {
  const parts: string[] = []
  for (let start = 0; start < whole.length;) {
    const { part, end } = sliceText(whole, start, length)
    expect(end).toBeGreaterThan(start)
    parts.push(part)
    start = end
  }
  return parts
}

test('the pages of any text make up the text, and no page ends inside a surrogate pair', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (whole, length) => {
      const parts = pages(whole, length)
      expect(parts.join('')).toBe(whole)
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(Math.max(length, 2))
      expect(parts.every((part) => part.isWellFormed())).toBe(whole.isWellFormed())
    }),
  )
})

test('what people see as one character stays whole where it fits', () => {
  const clusters = ['👩‍👩‍👧‍👦', '🇰🇷', '한'.normalize('NFD'), 'e\u0301', '\r\n', 'a', '글']
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...clusters), { maxLength: 40 }),
      fc.integer({ min: 11, max: 30 }),
      (list, length) => {
        const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
        const whole = list.join('x')
        const boundaries = new Set([...segmenter.segment(whole)].map(({ index }) => index))
        let start = 0
        for (const part of pages(whole, length)) {
          expect(boundaries).toContain(start)
          start += part.length
        }
      },
    ),
  )
})

test.each([
  ['plain text', 'text/plain', {}],
  ['a page', 'text/html', {}],
  ['the main text of a page', 'text/html', { format: 'article' }],
  ['a selection', 'application/json', { select: 'list' }],
  ['JSON', 'application/json', {}],
])('%s is read on to its end over the wire', async (_case, type, args) => {
  const words = Array.from({ length: 40 }, (_, index) => `낱말👩‍👩‍👧‍👦${index}`)
  const html = `<title>글</title><article>${words.map((word) => `<p>${word}, ${word}</p>`).join('')}</article>`
  const body = type === 'text/html' ? html : type === 'text/plain' ? words.join(' ') : JSON.stringify({ list: words })
  const served = { headers: { 'content-type': type }, body }
  const answers: ResponseOutput[] = []
  for (let start: number | undefined = 0; start !== undefined; start = answers.at(-1)?.next_start_index) {
    const { answer, text: shown } = await site.read(served, { ...args, start_index: start, max_chars: 97 })
    expect(shown).toContain(answer.body)
    answers.push(answer)
  }
  const whole = answers.map(({ body: part }) => part).join('')
  expect(answers.at(-1)).toMatchObject({ truncated: false, total_chars: whole.length })
  for (const { hint, truncated, next_start_index: next } of answers.slice(0, -1)) {
    expect({ hint, truncated }).toEqual({ hint: expect.stringContaining(`start_index ${next}`), truncated: true })
  }
  const once = await site.read(served, { ...args, max_chars: 200_000 })
  expect(once.answer.body ?? JSON.stringify(once.answer.json)).toBe(whole)
})
