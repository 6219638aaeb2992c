import type { ToolCall } from '../../src/core/tool.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'

/** Dialects whose calls are the whole message, so that no text may come before them. */
const callsAlone = new Set(['bare-json', 'pythonic'])
/** Dialects whose calls begin a line. */
const callsOnLines = new Set(['react'])

/** What a model that calls tools writes, and the text that is to be read from it; text comes first where it may. */
export function writeTurn(
  dialect: Dialect,
  text: string,
  list: readonly ToolCall[],
): { written: string; text: string } {
  const line = callsOnLines.has(dialect.name) && text !== '' ? `${text}\n` : text
  const before = callsAlone.has(dialect.name) ? '' : line
  return { written: before + dialect.write(list), text: before }
}

/** The calls with ids of the dialect's own, which must come back; elsewhere the numbers that the reader makes. */
export function withIds(dialect: Dialect, list: readonly ToolCall[]): ToolCall[] {
  return list.map((call, index) => ({ ...call, id: dialect.newCallId?.(index, call.name) ?? `call-${index}` }))
}

/** Calls as they must come back: to the letter where the dialect writes JSON as it is, by value where it cannot. */
export function comparable(
  dialect: Dialect,
  list: readonly Omit<ToolCall, 'id'>[],
): { name: string; arguments: string }[] {
  const verbatim = writeArguments(dialect, '{"a":  1}').includes('{"a":  1}')
  return list.map((call) => ({
    name: call.name,
    arguments: verbatim ? call.arguments : JSON.stringify(JSON.parse(call.arguments)),
  }))
}

/** A call with one string argument, and where in it the string's text stands. */
export function writeString(dialect: Dialect, text: string): { written: string; begins: number; ends: number } {
  const write = (value: string) => writeArguments(dialect, JSON.stringify({ text: value }))
  const [one, other, written] = [write('A'), write('B'), write(text)]
  const begins = one.split('').findIndex((char, at) => char !== other[at])
  return { written, begins, ends: written.length - (one.length - begins - 1) }
}

function writeArguments(dialect: Dialect, json: string): string {
  return dialect.write([{ id: 'call-0', name: 'get_weather', arguments: json }])
}
