import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { dialects, findDialect } from '../../src/dialects/registry.ts'
import { findDisorder, findLosses, findSplitPairs } from './event-faults.ts'
import { cut, markers, prose, sizes, wildText } from './texts.ts'
import { type TurnOptions, mergeDeltas, readPushes, readTurn, summarise, toolSpec } from './read-turn.ts'
import { callsOf } from './written-calls.ts'
import { comparable, withIds, writeString, writeTurn } from './written-turns.ts'
import { toolsOf } from './fitting-tools.ts'

const auto = findDialect('auto')
const everyDialect: readonly Dialect[] = auto ? [...dialects, auto] : dialects
const tools = [toolSpec('get_weather', { city: {} }), toolSpec('get_time', { timezone: {} })]
const takesText = toolSpec('get_weather', { text: { type: 'string' } })
const turns: fc.Arbitrary<TurnOptions> = fc.record({
  tools: fc.constantFrom(tools, []),
  opensIn: fc.constantFrom('content', 'reasoning'),
  jsonAnswer: fc.boolean(),
  how: fc.constantFrom('stop', 'tool-calls', 'length', 'content-filter', 'error', 'cancelled'),
})

describe.each(everyDialect.map((dialect) => ({ name: dialect.name, dialect })))('$name', ({ dialect }) => {
  const calls = callsOf(dialect)

  it('says the same however the text is cut, and splits no surrogate pair', () => {
    fc.assert(
      fc.property(wildText, sizes, turns, (text, lengths, options) => {
        const pushes = readPushes(dialect, cut(text, lengths), options).flat()
        expect(mergeDeltas(pushes)).toEqual(readTurn(dialect, [text], options))
        expect(findSplitPairs(pushes)).toEqual([])
      }),
    )
  })

  it('loses no character, up to where it needs no more', () => {
    fc.assert(
      fc.property(wildText, turns, (text, options) => {
        const parser = dialect.createParser({ ...options, newId: (index) => `call-${index}` })
        const events = [...parser.push(text), ...parser.end(options.how ?? 'stop')]
        expect(parser.done ? [] : findLosses(text, events)).toEqual([])
      }),
    )
  })

  it('opens and closes every block, and a call is its deltas', () => {
    fc.assert(
      fc.property(wildText, sizes, turns, (text, lengths, options) => {
        expect(findDisorder(readPushes(dialect, cut(text, lengths), options).flat())).toEqual([])
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

  it('streams the string values of a call as they come', () => {
    fc.assert(
      fc.property(prose, sizes, (text, lengths) => {
        const { written, begins, ends } = writeString(dialect, text)
        let pushed = 0
        let said = begins
        const late = readPushes(dialect, cut(written, lengths), { tools: [takesText] }).flatMap((events, turn) => {
          pushed += cut(written, lengths)[turn]?.length ?? 0
          for (const event of events) if (event.type === 'tool-input-delta') said = event.range?.end ?? 0
          return pushed > begins && pushed < ends && said < pushed - longestEscape ? [said] : []
        })
        // Bare JSON is held whole, since only its end shows that it is a call.
        expect(dialect.name === 'bare-json' ? [] : late).toEqual([])
      }),
    )
  })

  it('gives back what was written', () => {
    fc.assert(
      fc.property(prose, calls, sizes, (text, list, lengths) => {
        const named = withIds(dialect, list)
        const turn = writeTurn(dialect, text, named)
        const events = readTurn(dialect, cut(turn.written, lengths), { tools: toolsOf(list) })
        const read = summarise(events)
        const ids = events.flatMap((event) => (event.type === 'tool-call' ? [event.id] : []))
        expect(ids).toEqual(named.map(({ id }) => id))
        expect({ ...read, calls: comparable(dialect, read.calls) }).toEqual({
          content: turn.text,
          reasoning: '',
          calls: comparable(dialect, list),
          problems: [],
        })
      }),
    )
  })

  it('reads the same piece twice as it reads it once', () => {
    fc.assert(
      fc.property(prose, calls, (text, list) => {
        const piece = writeTurn(dialect, text, list).written
        const options = { tools: toolsOf(list) }
        expect(readTurn(dialect, [piece, piece], options)).toEqual(readTurn(dialect, [piece + piece], options))
      }),
    )
  })

  it('runs no call that is not closed', () => {
    fc.assert(
      fc.property(calls, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (list, share) => {
        const written = dialect.write(list)
        const whole = readTurn(dialect, [written], { tools: toolsOf(list) })
        // What stands behind the last call's own closer is not the call's.
        const end = whole.findLast((event) => event.type === 'tool-call')?.range?.end ?? written.length
        const at = Math.floor(share * end)
        const read = summarise(readTurn(dialect, [written.slice(0, at)], { tools: toolsOf(list), how: 'length' })).calls
        expect(read.length).toBeLessThan(list.length)
        expect(comparable(dialect, read)).toEqual(comparable(dialect, list.slice(0, read.length)))
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

const longestEscape = '\\ud83d\\ude00'.length
const longestMarker = Math.max(...markers.map((marker) => marker.length), 'assistantcommentary'.length)
