import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelEvent, TextRange } from '../../src/core/events.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { dialects, findDialect } from '../../src/dialects/registry.ts'
import { calls, cut, markers, prose, sizes, toolsOf, wildText } from './texts.ts'
import { type TurnOptions, rangesOf, readPushes, readTurn, summarise, toolSpec, uncovered } from './read-turn.ts'

const auto = findDialect('auto')
const everyDialect: readonly Dialect[] = auto ? [...dialects, auto] : dialects
const tools = [toolSpec('get_weather', { city: {} }), toolSpec('get_time', { timezone: {} })]
const turns: fc.Arbitrary<TurnOptions> = fc.record({
  tools: fc.constantFrom(tools, []),
  opensIn: fc.constantFrom('content', 'reasoning'),
  jsonAnswer: fc.boolean(),
  how: fc.constantFrom('stop', 'tool-calls', 'length', 'content-filter', 'error', 'cancelled'),
})
const highSurrogateAtEnd = /[\ud800-\udbff]$/
const highEscapeAtEnd = /(?<!\\)(?:\\\\)*\\u[dD][89abAB][0-9a-fA-F]{2}$/
const lowEscapeAtStart = /^\\u[dD][c-fC-F][0-9a-fA-F]{2}/

/** What a model that calls tools writes: text may come first where the dialect allows any. */
function write(dialect: Dialect, text: string, list: Parameters<Dialect['write']>[0]): string {
  return dialect.name === 'bare-json' ? dialect.write(list) : text + dialect.write(list)
}

describe.each(everyDialect.map((dialect) => ({ name: dialect.name, dialect })))('$name', ({ dialect }) => {
  it('says the same however the text is cut, and splits no surrogate pair', () => {
    fc.assert(
      fc.property(wildText, sizes, turns, (text, lengths, options) => {
        const whole = readTurn(dialect, [text], options)
        const pushes = readPushes(dialect, cut(text, lengths), options)
        expect(readTurn(dialect, cut(text, lengths), options)).toEqual(whole)
        expectWholePairs(pushes.flat())
      }),
    )
  })

  it('loses no character', () => {
    fc.assert(
      fc.property(wildText, turns, (text, options) => {
        const parser = dialect.createParser({ ...options, newId: (index) => `call-${index}` })
        const events = [...parser.push(text), ...parser.end(options.how ?? 'stop')]
        if (!parser.done) expect(withoutFraming(uncovered(text, [...rangesOf(events), ...framingOf(text)]))).toBe('')
        for (const event of events) {
          const source = 'range' in event && event.range ? text.slice(event.range.start, event.range.end) : ''
          if (event.type === 'text-delta' || event.type === 'reasoning-delta') expect(event.text).toBe(source)
          if (event.type === 'malformed-call') expect(event.raw).toBe(source)
        }
      }),
    )
  })

  it('opens and closes every block, and a call is its deltas', () => {
    fc.assert(
      fc.property(wildText, sizes, turns, (text, lengths, options) => {
        expectGrammar(readPushes(dialect, cut(text, lengths), options).flat())
      }),
    )
  })

  it('lets prose through at once', () => {
    fc.assert(
      fc.property(prose, sizes, (text, lengths) => {
        if (dialect.name === 'bare-json' && text === '') return
        let pushed = 0
        let said = ''
        const pieces = cut(text, lengths)
        for (const [turn, events] of readPushes(dialect, pieces, { tools }).entries()) {
          pushed += pieces[turn]?.length ?? 0
          said += summarise(events).content
          const leading = text.length - text.trimStart().length
          expect(said.length).toBeGreaterThanOrEqual(Math.min(text.length, pushed) - Math.max(leading, longestMarker))
        }
        expect(said).toBe(text)
      }),
    )
  })

  it('gives back what was written', () => {
    fc.assert(
      fc.property(prose, calls, sizes, (text, list, lengths) => {
        const written = write(dialect, text, list)
        const {
          content,
          calls: read,
          problems,
        } = summarise(readTurn(dialect, cut(written, lengths), { tools: toolsOf(list) }))
        expect({ content, read, problems }).toEqual({
          content: dialect.name === 'bare-json' ? '' : text,
          read: list.map(({ name, arguments: json }) => ({ name, arguments: json })),
          problems: [],
        })
      }),
    )
  })

  it('runs no call that is not closed', () => {
    fc.assert(
      fc.property(calls, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (list, share) => {
        const written = dialect.write(list)
        const at = Math.floor(share * written.length)
        const read = summarise(readTurn(dialect, [written.slice(0, at)], { tools: toolsOf(list), how: 'length' })).calls
        expect(read.length).toBeLessThan(list.length)
        expect(read).toEqual(list.slice(0, read.length).map(({ name, arguments: json }) => ({ name, arguments: json })))
      }),
    )
  })

  it('runs no tool that is not offered', () => {
    fc.assert(
      fc.property(calls, wildText, (list, text) => {
        for (const input of [dialect.write(list), text]) {
          expect(summarise(readTurn(dialect, [input], { tools: [] })).calls).toEqual([])
          const read = summarise(readTurn(dialect, [input], { tools })).calls
          expect(read.every((call) => tools.some((tool) => tool.name === call.name))).toBe(true)
        }
      }),
    )
  })
})

/** Harmony's headers, and stray words before them: the next block claims them if there is one. */
function framingOf(text: string): TextRange[] {
  const stray = /(?<=<\|(?:end|call|return)\|>)[^\n]{1,16}?(?=<\|(?:start|channel)\|>)/g
  const header = /<\|(?:start|channel)\|>(?:(?!<\|(?:end|call|return)\|>)[^\n])*?<\|(?:message|end|return)\|>/g
  return [stray, header].flatMap((framing) =>
    [...text.matchAll(framing)].map(({ index, 0: found }) => ({ start: index, end: index + found.length })),
  )
}

/** What is left when everything that only frames messages is gone: no event of theirs need claim it. */
function withoutFraming(text: string): string {
  const unmarked = markers.reduce((rest, marker) => rest.replaceAll(marker, ' '), text)
  return unmarked.replaceAll(/assistant|analysis|commentary|final|\b(?:json|code)\b|\s/g, '')
}

const longestMarker = Math.max(...markers.map((marker) => marker.length), 'assistantcommentary'.length)

function expectWholePairs(events: readonly ModelEvent[]): void {
  const lastOf = new Map<number, string>()
  for (const event of events) {
    if (!('text' in event) || !('index' in event)) continue
    const last = lastOf.get(event.index) ?? ''
    expect(highSurrogateAtEnd.test(last) && /^[\udc00-\udfff]/.test(event.text)).toBe(false)
    const escaped = event.type === 'tool-input-delta' && highEscapeAtEnd.test(last) && lowEscapeAtStart.test(event.text)
    expect(escaped).toBe(false)
    lastOf.set(event.index, event.text)
  }
}

/** Every block starts, has deltas and ends; a call's arguments are JSON and its deltas. */
function expectGrammar(events: readonly ModelEvent[]): void {
  const open = new Map<number, string>()
  const ended = new Map<number, string>()
  const ids = new Set<string>()
  for (const event of events) {
    if (event.type === 'raw-delta' || event.type === 'finish' || event.type === 'annotation') continue
    const { index, type } = event
    if (type.endsWith('-start')) {
      expect(open.has(index) || ended.has(index)).toBe(false)
      open.set(index, '')
    } else if ('text' in event) {
      expect(event.text).not.toBe('')
      expect(open.has(index)).toBe(true)
      open.set(index, (open.get(index) ?? '') + event.text)
    } else if (type.endsWith('-end')) {
      expect(open.has(index)).toBe(true)
      ended.set(index, open.get(index) ?? '')
      open.delete(index)
    }
    if (event.type === 'tool-call') {
      expect(event.arguments).toBe(ended.get(index))
      expect(JSON.parse(event.arguments)).toBeTypeOf('object')
    }
    if (event.type === 'tool-call' || event.type === 'malformed-call') {
      expect(ids.has(event.id)).toBe(false)
      ids.add(event.id)
    }
  }
  expect([...open]).toEqual([])
}
