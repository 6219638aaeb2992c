import type { CallSink } from './call-draft.ts'
import { Input, type Reading } from './input.ts'
import { JsonReader, type JsonEnd, type JsonSink } from './json-reader.ts'
import { TextBuffer } from './text-buffer.ts'
import type { Turn } from './turn.ts'

const nameKeys = new Set(['name', 'tool_name'])
const argumentKeys = new Set(['arguments', 'parameters', 'args', 'input'])
const wrapperKey = 'function'
const idKeys = new Set(['id', 'tool_call_id', 'call_id'])
const ignoredKeys = new Set(['type', 'index'])
const callKeys = new Set([...argumentKeys, ...idKeys, ...ignoredKeys, wrapperKey])

const closed: JsonEnd = { kind: 'closed' }

/** What became of a call object; `excluded` where it is none, at the place where that was seen. */
export type CallObjectEnd = JsonEnd | { kind: 'excluded' }

/**
 * Reads `{"name": …, "arguments": {…}}` in any order of keys, with the other names that models give to `arguments`, or
 * all of it inside `{"function": …}`. With `strict`, any other key or a name the sink refuses excludes the object.
 */
export function* readCallObject(turn: Turn, sink: CallSink, strict = false): Reading<CallObjectEnd> {
  const { input } = turn
  if ((yield* turn.peekPastSpace()) !== '{') return broken('a call must be a JSON object')
  input.at++
  for (;;) {
    const first = yield* turn.peekPastSpace()
    if (first === '}') {
      input.at++
      return closed
    }
    const end = yield* readMember(turn, sink, strict)
    if (end.kind !== 'closed') return end
    const next = yield* turn.peekPastSpace()
    if (next === ',') input.at++
    else if (next !== '}') return { kind: 'unclosed', missing: '' }
  }
}

function* readMember(turn: Turn, sink: CallSink, strict: boolean): Reading<CallObjectEnd> {
  const { input } = turn
  const key = yield* readString(turn)
  if (key === undefined) return broken('a key is missing')
  const named = nameKeys.has(key)
  if (strict && !named && !callKeys.has(key)) return excluded
  if ((yield* turn.peekPastSpace()) !== ':') return broken('a colon is missing')
  input.at++
  const next = yield* turn.peekPastSpace()
  if (key === wrapperKey && next === '{') return yield* readCallObject(turn, sink, strict)
  if (named || key === wrapperKey) {
    const name = yield* readString(turn)
    if (name === undefined) return broken('the name must be a string')
    return !sink.setName(name) && strict ? excluded : closed
  }
  if (argumentKeys.has(key)) return yield* readArguments(turn, sink)
  if (idKeys.has(key) && next === '"') {
    const id = yield* readString(turn)
    if (id !== undefined) sink.setId?.(id)
    return id === undefined ? broken('the id must be a string') : closed
  }
  return yield* new JsonReader(input, discard).read()
}

/** Reads the arguments: an object, an object written as a JSON string, or null for none. */
export function* readArguments(turn: Turn, sink: JsonSink): Reading<JsonEnd> {
  const { input } = turn
  const first = yield* turn.peekPastSpace()
  if (first === '{') return yield* new JsonReader(input, sink).read()
  const start = input.position
  const text = yield* collect(turn)
  const value: unknown = text === undefined ? undefined : JSON.parse(text)
  const json = value === null ? '{}' : value
  const parsed = typeof json === 'string' ? readWhole(json) : undefined
  if (parsed === undefined) return broken('the arguments must be a JSON object')
  sink.repair(value === null ? 'null became no arguments' : 'arguments in a string became an object')
  sink.write(parsed, start, input.position)
  return closed
}

const excluded: CallObjectEnd = { kind: 'excluded' }
const discard: JsonSink = { write() {}, repair() {} }

function broken(problem: string): JsonEnd {
  return { kind: 'broken', problem }
}

/** Reads one whole value, repaired; undefined where it is broken. */
function* collect(turn: Turn): Reading<string | undefined> {
  const text = new TextBuffer()
  const end = yield* new JsonReader(turn.input, { write: (piece) => text.add(piece), repair() {} }).read()
  return end.kind === 'closed' ? text.toString() : undefined
}

/** Reads a string, in either kind of quotes; undefined where none stands here or it is broken. */
export function* readString(turn: Turn): Reading<string | undefined> {
  const char = turn.input.text.charAt(turn.input.at)
  if (char !== '"' && char !== "'") return undefined
  const text = yield* collect(turn)
  const value: unknown = text === undefined ? undefined : JSON.parse(text)
  return typeof value === 'string' ? value : undefined
}

/** A JSON object given whole, repaired; undefined where it is none. */
function readWhole(json: string): string | undefined {
  const input = new Input()
  input.push(json.trim())
  input.ended = 'stop'
  const text = new TextBuffer()
  const end = new JsonReader(input, { write: (piece) => text.add(piece), repair() {} }).read().next()
  const whole = end.done && end.value.kind === 'closed' && input.empty
  return whole && text.toString().startsWith('{') ? text.toString() : undefined
}
