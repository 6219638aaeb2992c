import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialects } from '../../src/dialects/registry.ts'
import { countWork } from './count-work.ts'
import { findDisorder, findLosses, findSplitPairs } from './event-faults.ts'
import { mergeDeltas, readPushes, readTurn, summarise, toolSpec } from './read-turn.ts'
import { cut, sizes } from './texts.ts'
import { endsOfStrings } from './written-calls.ts'

const tools = [toolSpec('get_weather', { text: { type: 'string' }, other: { type: 'string' } })]

/** Values of about this many characters, made of what may end a value but does not where the wrong thing follows. */
function nearMisses(ends: readonly string[], length: number): Record<string, string> {
  const repeat = (text: string) => text.repeat(Math.ceil(length / text.length))
  return Object.fromEntries(
    ends.flatMap((end) => [
      [`${end} and words`, repeat(`${end} word `)],
      [`${end} and line breaks`, repeat(`${end}\n\n\n\n. `)],
      [`the beginning of ${end}`, repeat(end.slice(0, -1))],
    ]),
  )
}

const raw = dialects.filter(({ name }) => endsOfStrings[name])

describe.each(raw.map((dialect) => ({ name: dialect.name, dialect })))('$name', ({ name, dialect }) => {
  const ends = endsOfStrings[name] ?? []
  const write = (text: string) =>
    dialect.write([{ id: 'call-0', name: 'get_weather', arguments: JSON.stringify({ text }) }])
  const small = nearMisses(ends, 4_000)
  const large = nearMisses(ends, 40_000)

  it('keeps the laws where its own tags come in any order', () => {
    const sample = write('x') + write('7')
    const parts = [
      ...sample.split(/(?<=>)|(?=<)/),
      ...ends,
      '\n',
      ' ',
      '😀',
      '\ud83d',
      '\ude00',
      'null',
      '{"a": 1}',
      '[',
    ]
    const text = fc.array(fc.constantFrom(...parts), { maxLength: 16 }).map((some) => some.join(''))
    const how = fc.constantFrom('stop' as const, 'length' as const)
    fc.assert(
      fc.property(
        fc.constantFrom('', `${sample.slice(0, sample.indexOf('x'))}y`),
        text,
        sizes,
        how,
        (begun, rest, lengths, end) => {
          const options = {
            tools: [toolSpec('get_weather', { text: { type: ['string', 'null'] }, other: {} })],
            how: end,
          }
          const pushes = readPushes(dialect, cut(begun + rest, lengths), options).flat()
          expect(mergeDeltas(pushes)).toEqual(readTurn(dialect, [begun + rest], options))
          expect([...findSplitPairs(pushes), ...findLosses(begun + rest, pushes), ...findDisorder(pushes)]).toEqual([])
        },
      ),
    )
  })

  it.each(Object.keys(small))('what looks like an end is data where no end can stand: %s', (kind) => {
    const text = `${small[kind]}!`
    for (const size of [1, 7, 5_000]) {
      const { calls, problems } = summarise(readTurn(dialect, cut(write(text), [size]), { tools }))
      expect({ calls, problems }).toEqual({
        calls: [{ name: 'get_weather', arguments: JSON.stringify({ text }).replace(':', ': ') }],
        problems: [],
      })
    }
  })

  it.each(Object.keys(small))('ten times the text is ten times the work: %s', (kind) => {
    for (const size of [4, 1_000, 1_000_000]) {
      const work = (text = '') => countWork(() => readPushes(dialect, cut(write(text), [size]), { tools }))
      expect(work(large[kind]) / work(small[kind])).toBeLessThan(15)
    }
  })

  it('looks at each character of a long value a bounded number of times', () => {
    for (const text of Object.values(large)) {
      const work = countWork(() => readPushes(dialect, cut(write(text), [4_000]), { tools }))
      expect(work / text.length).toBeLessThan(60)
    }
  })
})
