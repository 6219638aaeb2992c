import fc from 'fast-check'
import type { ToolCall } from '../../src/core/tool.ts'
import { reactLabels } from '../../src/dialects/react-labels.ts'
import { dialects } from '../../src/dialects/registry.ts'
import { fixtures } from './fixtures.ts'

/** Every marker of every registered dialect. */
export const markers = [...new Set(dialects.flatMap(({ grammar }) => grammar?.openers.map((o) => o.marker) ?? []))]

/** What lines begin with in ReAct, which is not part of `auto`. */
export const labels = Object.values(reactLabels).flat()

const fragments = [
  ...markers,
  '</tool_call>',
  '<tool_call',
  '<|',
  '|>',
  ' to=functions.get_weather',
  'commentary',
  'analysis',
  'final',
  'assistant',
  'json',
  '{"name": "get_weather", "arguments": {"city": "Tokyo"}}',
  '{"city": "Tokyo"}',
  "[get_weather(city='Tokyo')]",
  '(',
  ')',
  'city=',
  'call:get_weather{city:',
  '<|"|>',
  'get_weather\n{',
  '\nAction: get_weather\n',
  '\nAction Input:',
  '\nThought:',
  '\nObservation:',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ',',
  ':',
  '\\',
  '\\u',
  '\\ud83d',
  '\\ude00',
  '\ud83d',
  '\ude00',
  '```',
  '```json\n',
  '`',
  '\n',
  ' ',
  '"name"',
  '"arguments"',
  '"get_time"',
  'true',
  'None',
  '12',
  '-0.5e3',
  '한국어',
  '😀',
  'x',
]

/** Ordinary words in which no dialect sees anything: no marker, no quotes, nothing that only a call begins with. */
export const prose: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.lorem({ maxCount: 3 }), fc.string({ unit: 'grapheme', maxLength: 12 })), { maxLength: 6 })
  .map((words) => words.join(' ').replaceAll(/[`"'{}[\]<|]/g, ''))
  .filter(
    (text) => text === '' || (text.trim() !== '' && !/^\s*(?:assistant|analysis|commentary|final|to=)/.test(text)),
  )

const nameOfTool = fc.stringMatching(/^[a-zA-Z_][\w.-]{0,20}$/)
const textWithMarkers = fc
  .array(fc.oneof(fc.constantFrom(...fragments), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 6 })
  .map((parts) => parts.join(''))
/** Any value of JSON. */
export const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    textWithMarkers,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt({ min: 0n, max: 10n ** 20n }).map(Number),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(textWithMarkers, tie('value'), { maxKeys: 3 }),
  ),
})).value

function argumentsText(keys: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc
    .record({
      object: fc.dictionary(keys, values, { maxKeys: 4 }),
      indent: fc.constantFrom(0, 2),
      ascii: fc.boolean(),
    })
    .map(({ object, indent, ascii }) => {
      const json = JSON.stringify(object, undefined, indent)
      return ascii ? json.replaceAll(/[^\0-\x7f]/g, (char) => toUnicodeEscape(char)) : json
    })
}

function toUnicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Calls with names and arguments of every kind; the arguments have these keys and values. */
export function callsWith(keys = textWithMarkers, values = value): fc.Arbitrary<ToolCall[]> {
  return fc
    .array(fc.record({ name: nameOfTool, arguments: argumentsText(keys, values) }), { minLength: 1, maxLength: 3 })
    .map((list) => list.map((call, index) => ({ id: `call-${index}`, ...call })))
}

/** Text that looks like calls but need not be any. */
export const wildText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 14 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  fc
    .tuple(fc.constantFrom(...fixtures.map(({ input }) => input)), fc.array(mutation(), { maxLength: 4 }))
    .map(([text, mutations]) => mutations.reduce((mutated, mutate) => mutate(mutated), text)),
)

function mutation(): fc.Arbitrary<(text: string) => string> {
  return fc
    .record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(12),
      insert: fc.constantFrom('', ...fragments),
    })
    .map(({ at, remove, insert }) => (text) => {
      const index = Math.floor(at * text.length)
      return text.slice(0, index) + insert + text.slice(index + remove)
    })
}

/** A text in pieces. */
export function cut(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = []
  let at = 0
  for (let turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(text.slice(at, at + size))
    at += size
  }
  return pieces
}

/** Lengths of pieces, used again and again. */
export const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
