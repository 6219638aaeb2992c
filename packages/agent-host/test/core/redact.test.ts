import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKey } from '../../src/config/api-key.ts'
import { createRedactor } from '../../src/core/redact.ts'

const word = (characters: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...characters.split('')), minLength: length, maxLength: length })
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const token = (length: number) => word(letters, length)

/** A secret of each kind, as it stands in a text, and the part of it that must be gone. */
const secrets = fc.oneof(
  token(40).map((key) => ({ written: `sk-${key}`, hidden: key })),
  token(40).map((key) => ({ written: `sk-proj-${key}`, hidden: key })),
  token(36).map((key) => ({ written: `ghp_${key}`, hidden: key })),
  token(60).map((key) => ({ written: `github_pat_${key}`, hidden: key })),
  word('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16).map((key) => ({ written: `AKIA${key}`, hidden: key })),
  fc.tuple(token(20), token(40), token(43)).map(([head, body, signature]) => ({
    written: `eyJ${head}.eyJ${body}.${signature}`,
    hidden: signature,
  })),
  token(64).map((key) => ({
    written: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`,
    hidden: key,
  })),
  token(24).map((key) => ({ written: `Authorization: Bearer ${key}`, hidden: key })),
  token(24).map((key) => ({ written: `"authorization":"Basic ${key}"`, hidden: key })),
  token(24).map((key) => ({ written: `x-api-key: ${key}`, hidden: key })),
  token(12).map((key) => ({ written: `postgres://kim:${key}@db:5432/chat`, hidden: key })),
  token(12).map((key) => ({ written: `password=${key}`, hidden: key })),
  fc.constant(0).map(() => {
    const key = createKey()
    return { written: key, hidden: key }
  }),
)

/** What may stand around one: anything that is not a part of a word. */
const around = fc.tuple(fc.string({ unit: 'grapheme' }), fc.constantFrom(' ', '\n', ', ', '한글 ', '(', '`'))

describe('nothing of a secret is left', () => {
  test('of any kind, in any text, at any place of a JSON value', () => {
    fc.assert(
      fc.property(secrets, around, fc.string({ unit: 'grapheme' }), ({ written, hidden }, [before, gap], after) => {
        const text = `${before}${gap}${written} ${after}`
        const { value } = createRedactor([])
        for (const whole of [text, [text], { a: [{ b: text }] }, { [text]: 1 }]) {
          expect(JSON.stringify(value(whole))).not.toContain(hidden)
        }
      }),
    )
  })

  test('that is known, whatever it looks like and whatever it is a part of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 6 }), { minLength: 1, maxLength: 3 }),
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (known, before, after) => {
          const { text } = createRedactor(known)
          for (const secret of known) {
            fc.pre(!'[redacted]'.includes(secret))
            expect(text(`${before}${secret}${after}`)).not.toContain(secret)
          }
        },
      ),
    )
  })

  test('that is known, in an address', () => {
    expect(createRedactor(['p w/1?23']).text('https://x/?k=p%20w%2F1%3F23')).toBe('https://x/?k=[redacted]')
  })

  test.each(['Authorization', 'x-api-key', 'password', 'client_secret', 'Cookie', 'access_token'])(
    'in a field %s',
    (name) => {
      expect(createRedactor([]).value({ headers: { [name]: 'plain' }, kept: 'plain' })).toEqual({
        headers: { [name]: '[redacted]' },
        kept: 'plain',
      })
    },
  )
})

test('what is no secret stays as it is', () => {
  const { value } = createRedactor(['', 'abc'])
  const kept = {
    text: 'The task-management-system-for-everyone costs 3 $. abc. 비밀번호는 없습니다. https://a.example/b@c',
    words: ['sk-learn', 'bearer of news', 'key: value', 'eyJ', 'ask-me-anything-you-want-now'],
    max_tokens: 12,
    next_page_token: 'x1',
    nothing: null,
  }
  expect(value(kept)).toEqual(kept)
})

test('a long text is looked through once', () => {
  const { text } = createRedactor(['secret-value'])
  for (const piece of ['eyJ', 'sk-', 'bearer ', 'authorization', '//a:', '-----BEGIN PRIVATE KEY-----', 'ghp_']) {
    expect(typeof text(piece.repeat(30_000))).toBe('string')
  }
})
