import type { ModelEvent, TextRange } from '../../src/core/events.ts'
import { labels, markers } from './texts.ts'

const highSurrogateAtEnd = /[\ud800-\udbff]$/
const lowSurrogateAtStart = /^[\udc00-\udfff]/
const highEscapeAtEnd = /(?<!\\)(?:\\\\)*\\u[dD][89abAB][0-9a-fA-F]{2}$/
const lowEscapeAtStart = /^\\u[dD][c-fC-F][0-9a-fA-F]{2}/

/** Deltas that begin in the middle of a surrogate pair, an escaped one too. */
export function findSplitPairs(events: readonly ModelEvent[]): string[] {
  const faults: string[] = []
  const lastOf = new Map<number, string>()
  for (const event of events) {
    if (!('text' in event) || !('index' in event)) continue
    const last = lastOf.get(event.index) ?? ''
    const plain = highSurrogateAtEnd.test(last) && lowSurrogateAtStart.test(event.text)
    const escaped = event.type === 'tool-input-delta' && highEscapeAtEnd.test(last) && lowEscapeAtStart.test(event.text)
    if (plain || escaped) faults.push(`${last} | ${event.text}`)
    lastOf.set(event.index, event.text)
  }
  return faults
}

/** What is lost of `input`, and what is told of it that is not there. */
export function findLosses(input: string, events: readonly ModelEvent[]): string[] {
  const ranges = events.flatMap((event) => ('range' in event && event.range ? [event.range] : []))
  const left = withoutFraming(uncovered(input, [...ranges, ...framingOf(input)]))
  const faults = left === '' ? [] : [`lost: ${left}`]
  for (const event of events) {
    const source = 'range' in event && event.range ? input.slice(event.range.start, event.range.end) : ''
    const said = event.type === 'text-delta' || event.type === 'reasoning-delta' ? event.text : source
    const raw = event.type === 'malformed-call' ? event.raw : source
    if (said !== source || raw !== source) faults.push(`not in the text: ${said} ${raw}`)
  }
  return faults
}

/** The characters of `input` that lie in no range. */
function uncovered(input: string, ranges: readonly TextRange[]): string {
  let left = ''
  let reached = 0
  for (const { start, end } of ranges.toSorted((one, other) => one.start - other.start)) {
    if (start > reached) left += input.slice(reached, start)
    reached = Math.max(reached, end)
  }
  return left + input.slice(reached)
}

/** Harmony's headers and stray words before them, and Hy3's suffixes: the next block claims them if there is one. */
function framingOf(text: string): TextRange[] {
  const stray = /(?<=<\|(?:end|call|return)\|>)[^\n]{1,16}?(?=<\|(?:start|channel)\|>)/g
  const header = /<\|(?:start|channel)\|>(?:(?!<\|(?:end|call|return)\|>)[^\n])*?<\|(?:message|end|return)\|>/g
  const suffixed = /<\/?(?:tool_calls?|think):[\w-]{1,40}>/g
  return [stray, header, suffixed].flatMap((framing) =>
    [...text.matchAll(framing)].map(({ index, 0: found }) => ({ start: index, end: index + found.length })),
  )
}

const framing = [...markers, ...labels].toSorted((one, other) => other.length - one.length)

/** What is left when everything that only frames messages is gone: no event of theirs need claim it. */
function withoutFraming(text: string): string {
  const unmarked = framing.reduce((rest, marker) => rest.replaceAll(marker, ' '), text)
  return unmarked.replaceAll(/assistant|analysis|commentary|final|\b(?:json|code)\b|\s/g, '')
}

/** Blocks that do not start, go on and end in order, and calls that are not JSON or not their deltas. */
export function findDisorder(events: readonly ModelEvent[]): string[] {
  const faults: string[] = []
  const open = new Map<number, string>()
  const ended = new Map<number, string>()
  const ids = new Set<string>()
  const demand = (holds: boolean, event: ModelEvent) => {
    if (!holds) faults.push(JSON.stringify(event))
  }
  for (const event of events) {
    if (!('index' in event)) continue
    const { index, type } = event
    if (type.endsWith('-start')) {
      demand(!open.has(index) && !ended.has(index), event)
      open.set(index, '')
    } else if ('text' in event) {
      demand(event.text !== '' && open.has(index), event)
      open.set(index, (open.get(index) ?? '') + event.text)
    } else if (type.endsWith('-end')) {
      demand(open.has(index), event)
      ended.set(index, open.get(index) ?? '')
      open.delete(index)
    }
    if (event.type === 'tool-call') demand(event.arguments === ended.get(index) && isObject(event.arguments), event)
    if (event.type === 'tool-call' || event.type === 'malformed-call') {
      demand(!ids.has(event.id), event)
      ids.add(event.id)
    }
  }
  return [...faults, ...[...open.keys()].map((index) => `block ${index} never ends`)]
}

function isObject(json: string): boolean {
  const value: unknown = JSON.parse(json)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
