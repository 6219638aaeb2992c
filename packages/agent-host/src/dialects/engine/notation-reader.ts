import { safeCut } from './characters.ts'
import type { Input, Reading } from './input.ts'
import type { JsonEnd, JsonSink } from './json-reader.ts'
import { type Notation, type StringForm, toJsonCharacter } from './notation.ts'
import { readNotationScalar } from './notation-scalar.ts'
import type { Turn } from './turn.ts'

const nestingLimit = 256
const longestKey = 1_000
/** A key without quotes. */
const keyCharacter = /[^\s:=,(){}[\]"'<>|*]/
const closed: JsonEnd = { kind: 'closed' }

/** Brackets that are open. */
interface Frame {
  close: string
  json: '}' | ']'
  /** Between a key and its value; '' in an array. */
  separator: string
  members: number
  /** Its members go to the object around it, which alone is written. */
  spliced?: boolean
  tuple?: boolean
}

/**
 * Reads the arguments of a call in a notation that is not JSON and writes them as JSON while they come in, strings piece
 * by piece. It looks at each character once, and stops right behind the closing bracket.
 */
export class NotationReader {
  readonly #turn: Turn
  readonly #input: Input
  readonly #sink: JsonSink
  readonly #notation: Notation
  readonly #frames: Frame[] = []
  #expect: 'member' | 'separator' | 'value' | 'next' = 'value'

  constructor(turn: Turn, sink: JsonSink, notation: Notation) {
    this.#turn = turn
    this.#input = turn.input
    this.#sink = sink
    this.#notation = notation
  }

  *read(): Reading<JsonEnd> {
    const { open, close, separator } = this.#notation.outermost
    if ((yield* this.#turn.peekPastSpace()) !== open) return this.#broken(`${open} is missing after the name`)
    this.#open({ close, json: '}', separator, members: 0 })
    for (;;) {
      const char = yield* this.#turn.peekPastSpace()
      if (char === '') return this.#expect === 'next' ? this.#unclosed() : this.#broken('it stops before its end')
      const end = yield* this.#token(char)
      if (end) return end
      if (this.#frames.length === 0) return closed
    }
  }

  *#token(char: string): Reading<JsonEnd | undefined> {
    const frame = this.#frames.at(-1)
    if (!frame) return closed
    const betweenMembers = this.#expect === 'member' || this.#expect === 'next'
    if (betweenMembers && char === frame.close) return this.#close(frame)
    if (this.#expect === 'next') return char === ',' ? this.#take(1, '', 'member') : this.#unclosed()
    if (this.#expect === 'separator') {
      if (char === frame.separator) return this.#take(1, ': ', 'value')
      const problem = `it has ${JSON.stringify(char)} where ${frame.separator} belongs`
      return this.#broken(frame.separator === '=' ? `${problem}, for arguments are written name=value` : problem)
    }
    if (this.#expect === 'value') return yield* this.#value(char)
    if (char === '*' && frame.separator === '=') return yield* this.#splice(frame)
    if (frame.members++ > 0) this.#write(', ', 0)
    return frame.separator === '' ? yield* this.#value(char) : yield* this.#key(char, frame)
  }

  *#value(char: string): Reading<JsonEnd | undefined> {
    if (char === '{') return this.#open({ close: '}', json: '}', separator: ':', members: 0 })
    if (char === '[') return this.#open({ close: ']', json: ']', separator: '', members: 0 })
    if (char === '(' && this.#notation.python) {
      return this.#open({ close: ')', json: ']', separator: '', members: 0, tuple: true })
    }
    const form = yield* this.#findString()
    if (form) return yield* this.#string(form, 'next')
    for (;;) {
      const scalar = readNotationScalar(this.#input.text, this.#input.at, this.#input.ended !== undefined)
      if (scalar.kind === 'whole') return this.#take(scalar.length, scalar.json ?? '', 'next')
      if (scalar.kind === 'broken') return this.#broken(scalar.problem)
      yield
    }
  }

  *#key(char: string, frame: Frame): Reading<JsonEnd | undefined> {
    const form = yield* this.#findString()
    if (form && frame.separator === '=') return this.#broken('an argument has no name, as in name=value')
    if (form) return yield* this.#string(form, 'separator')
    const input = this.#input
    let length = 0
    for (;;) {
      while (keyCharacter.test(input.text.charAt(input.at + length))) length++
      if (length > longestKey) return this.#broken('it has an endless name')
      if (input.at + length < input.text.length || input.ended !== undefined) break
      yield
    }
    if (length === 0) return this.#broken(`it has ${JSON.stringify(char)} where a name belongs`)
    return this.#take(length, JSON.stringify(input.text.slice(input.at, input.at + length)), 'separator')
  }

  /** `**{…}`: arguments whose names Python could not write otherwise. */
  *#splice(frame: Frame): Reading<JsonEnd | undefined> {
    const input = this.#input
    input.at++
    while (input.empty && input.ended === undefined) yield
    if (input.text.charAt(input.at) !== '*') return this.#broken('it has "*" where a name belongs')
    input.at++
    if ((yield* this.#turn.peekPastSpace()) !== '{') return this.#broken('** must be followed by {')
    input.at++
    this.#frames.push({ close: '}', json: '}', separator: ':', members: frame.members, spliced: true })
    this.#expect = 'member'
    return undefined
  }

  *#findString(): Reading<StringForm | undefined> {
    const input = this.#input
    for (;;) {
      const form = this.#notation.stringAt(input.text, input.at, input.ended !== undefined)
      if (form !== 'more') return form
      yield
    }
  }

  *#string(form: StringForm, then: 'separator' | 'next'): Reading<JsonEnd | undefined> {
    const input = this.#input
    this.#write('"', form.length)
    for (;;) {
      const whole = input.ended !== undefined
      const stop = findSpecial(input.text, input.at, form.close.charCodeAt(0))
      const to = stop < input.text.length || whole ? stop : safeCut(input.text, stop)
      this.#write(input.text.slice(input.at, to), to - input.at)
      const special = to < stop || stop === input.text.length ? undefined : this.#special(form, whole)
      if (special === 'closed') return this.#take(form.close.length, '"', then)
      if (special) return special
      if (special === null) continue
      if (whole) return this.#broken('it stops inside a string')
      yield
    }
  }

  /** Reads one character that is not plain; null once it is read, undefined while more text is needed for it. */
  #special(form: StringForm, whole: boolean): JsonEnd | 'closed' | null | undefined {
    const { text, at } = this.#input
    if (text.startsWith(form.close, at)) return 'closed'
    if (!whole && form.close.startsWith(text.slice(at, at + form.close.length))) return undefined
    if (text.charAt(at) !== '\\' || !form.escape) {
      this.#write(toJsonCharacter(text.charAt(at)), 1)
      return null
    }
    const escape = form.escape(text, at, whole)
    if (escape.kind === 'broken') return this.#broken(escape.problem)
    if (escape.kind === 'more') return undefined
    this.#write(escape.json, escape.length)
    return null
  }

  #open(frame: Frame): JsonEnd | undefined {
    if (this.#frames.length === nestingLimit) return this.#broken(`it nests deeper than ${nestingLimit} levels`)
    this.#frames.push(frame)
    return this.#take(1, frame.json === '}' ? '{' : '[', 'member')
  }

  #close(frame: Frame): JsonEnd | undefined {
    if (frame.tuple && frame.members === 1 && this.#expect === 'next') {
      return this.#broken('it has parentheses around a single value')
    }
    this.#frames.pop()
    const around = this.#frames.at(-1)
    if (frame.spliced && around) around.members = frame.members
    return this.#take(1, frame.spliced ? '' : frame.json, 'next')
  }

  /** Writes `json` for the next `length` characters. */
  #take(length: number, json: string, expect: 'member' | 'separator' | 'value' | 'next'): undefined {
    this.#write(json, length)
    this.#expect = expect
  }

  #write(json: string, length: number): void {
    const start = this.#input.position
    this.#input.at += length
    if (json !== '') this.#sink.write(json, start, start + length)
  }

  #unclosed(): JsonEnd {
    const written = this.#frames.filter((frame) => !frame.spliced)
    return {
      kind: 'unclosed',
      missing: written
        .map((frame) => frame.json)
        .toReversed()
        .join(''),
    }
  }

  #broken(problem: string): JsonEnd {
    return { kind: 'broken', problem }
  }
}

/** Index of the next character of a string that may not be plain, or the end. */
function findSpecial(text: string, from: number, close: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === close || code === 34 || code === 92 || code < 32) break
  }
  return at
}
