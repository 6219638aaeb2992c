import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { dialects, findDialect } from '../../src/dialects/registry.ts'
import { countWork } from './count-work.ts'
import { readPushes, toolSpec } from './read-turn.ts'
import { cut, labels } from './texts.ts'

const auto = findDialect('auto')
const everyDialect: readonly Dialect[] = auto ? [...dialects, auto] : dialects
const tools = [toolSpec('get_weather')]
/** What dialects begin with that are not part of `auto`. */
const ownMarkers = [...labels.filter((label) => !label.startsWith('*')), '<function=']

/** Texts of about this many characters that would cost a careless scanner its linear time. */
function worstCases(dialect: Dialect, length: number): Record<string, string> {
  const repeat = (text: string) => text.repeat(Math.ceil(length / text.length)).slice(0, length)
  const call = (json: string) => dialect.write([{ id: 'call-0', name: 'get_weather', arguments: json }])
  const opened = (call('{"a": "') + ' ').split('{"a": "')[0] ?? ''
  return {
    prose: repeat('Words and 단어, one after the other.\n'),
    'one long string': call(`{"text": "${repeat('some text, ')}"}`),
    'a string of escapes': call(`{"text": "${repeat('\\ud83d\\ude00\\n').slice(0, Math.floor(length / 14) * 14)}"}`),
    'many small values': call(`{"list": [${repeat('1, ').slice(0, Math.floor(length / 3) * 3)} 1]}`),
    'angle brackets': repeat('<'),
    braces: repeat('{'),
    brackets: repeat('[{"a":'),
    quotes: repeat('"'),
    'python brackets': repeat('[get_weather(a=['),
    'python quotes': `[get_weather(a='${repeat(`"''`)}`,
    backticks: repeat('`'),
    'endless digits': `${opened}{"a": ${repeat('1')}`,
    ...Object.fromEntries(
      (dialect.grammar?.openers.map((opener) => opener.marker) ?? ownMarkers).flatMap((marker) => [
        [`white space after ${marker}`, marker + repeat(' \n')],
        [`braces after ${marker}`, marker + repeat('{')],
        [`only ${marker}`, repeat(marker)],
        [`nearly ${marker}`, repeat(marker.slice(0, -1))],
      ]),
    ),
  }
}

describe.each(everyDialect.map((dialect) => ({ name: dialect.name, dialect })))('$name', ({ dialect }) => {
  const small = worstCases(dialect, 4_000)
  const large = worstCases(dialect, 40_000)

  it.each(Object.keys(small))('ten times the text is ten times the work: %s', (name) => {
    for (const size of [4, 1_000, 1_000_000]) {
      const work = (text = '') => countWork(() => readPushes(dialect, cut(text, [size]), { tools }))
      const before = work(small[name])
      const after = work(large[name])
      expect(after / before, `pieces of ${size}: ${before} and ${after} characters`).toBeLessThan(20)
    }
  })

  it.each(Object.keys(large))('looks at each character a bounded number of times: %s', (name) => {
    const text = large[name] ?? ''
    const work = countWork(() => readPushes(dialect, cut(text, [4_000]), { tools }))
    expect(work / text.length).toBeLessThan(60)
  })
})
