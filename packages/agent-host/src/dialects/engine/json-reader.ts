import { safeCut, skipSpace } from './characters.ts'
import type { Input, Reading } from './input.ts'
import { findEscapeEnd, readScalar, scanString, toEscape } from './json-tokens.ts'

/** How reading a JSON value ended. */
export type JsonEnd =
  | { kind: 'closed' }
  /** Only these closing brackets are missing before what stands here. */
  | { kind: 'unclosed'; missing: string }
  | { kind: 'broken'; problem: string }

/** Takes JSON text, as read or as repaired, and which characters of the turn it stands for. */
export interface JsonSink {
  write(text: string, start: number, end: number): void
  repair(what: string): void
}

const nestingLimit = 256
const closed: JsonEnd = { kind: 'closed' }

type Expect = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'next'

/**
 * Copies one JSON value from the input as it comes, strings piece by piece, and stops right behind it. What it copies is
 * valid JSON: trailing commas go, single quotes, Python's literals and bare line breaks in strings become JSON's own.
 */
export class JsonReader {
  readonly #input: Input
  readonly #sink: JsonSink
  /** The open brackets. */
  readonly #open: string[] = []
  #expect: Expect = 'value'
  /** A comma and what follows it, until it is known whether a value does too. */
  #comma: { text: string; start: number } | undefined
  /** Where in the input's text the scan is; all before `input.at` is copied. */
  #scan = 0

  constructor(input: Input, sink: JsonSink) {
    this.#input = input
    this.#sink = sink
  }

  *read(): Reading<JsonEnd> {
    const input = this.#input
    this.#scan = input.at
    for (;;) {
      this.#scan = skipSpace(input.text, this.#scan)
      if (this.#scan >= input.text.length) {
        this.#copy(this.#scan)
        if (input.ended !== undefined) return this.#cutOff()
        yield
        this.#scan = input.at
        continue
      }
      const char = input.text.charAt(this.#scan)
      const end = char === '"' || char === "'" ? yield* this.#string(char) : yield* this.#punctuation(char)
      if (end) return end
      if (this.#open.length === 0 && this.#expect === 'next') {
        this.#copy(this.#scan)
        return closed
      }
    }
  }

  *#punctuation(char: string): Reading<JsonEnd | undefined> {
    if (char === '{' || char === '[') return this.#openBracket(char)
    if (char === '}' || char === ']') return this.#closeBracket(char)
    if (char === ':' && this.#expect === 'colon') return this.#step('value')
    if (char === ',' && this.#expect === 'next') {
      this.#copy(this.#scan)
      this.#comma = { text: '', start: this.#input.position }
      return this.#step(this.#open.at(-1) === '{' ? 'key-or-end' : 'value-or-end')
    }
    if (this.#expect === 'next') return this.#unclosed()
    if (!this.#wantsValue) return this.#broken(`it has ${JSON.stringify(char)} where ${this.#wanted} belongs`)
    return yield* this.#scalar()
  }

  #openBracket(char: '{' | '['): JsonEnd | undefined {
    if (!this.#wantsValue)
      return this.#expect === 'next' ? this.#unclosed() : this.#broken(`${this.#wanted} is missing`)
    if (this.#open.length === nestingLimit) return this.#broken(`it nests deeper than ${nestingLimit} levels`)
    this.#keepComma()
    this.#open.push(char)
    return this.#step(char === '{' ? 'key-or-end' : 'value-or-end')
  }

  #closeBracket(char: '}' | ']'): JsonEnd | undefined {
    const opener = this.#open.at(-1)
    const mayEnd = this.#expect === 'next' || this.#expect === (opener === '{' ? 'key-or-end' : 'value-or-end')
    if (!mayEnd || opener === undefined) return this.#broken(`it has ${char} where ${this.#wanted} belongs`)
    this.#dropComma()
    const closer = closerOf(opener)
    if (char !== closer) {
      if (this.#open.length > 1) return this.#broken(`it closes ${opener} with ${char}`)
      this.#replace(1, closer, `${char} became ${closer}`)
    } else this.#scan++
    this.#open.pop()
    this.#expect = 'next'
    return undefined
  }

  /** A number or a word. Held until its end, since only then is it known to be one. */
  *#scalar(): Reading<JsonEnd | undefined> {
    const input = this.#input
    for (;;) {
      const scalar = readScalar(input.text, this.#scan, input.ended !== undefined)
      if (scalar.kind === 'broken') return this.#broken(scalar.problem)
      if (scalar.kind === 'whole') {
        this.#keepComma()
        if (scalar.json === undefined) this.#scan += scalar.length
        else this.#replace(scalar.length, scalar.json, `a Python literal became ${scalar.json}`)
        this.#expect = 'next'
        return undefined
      }
      this.#copy(this.#scan)
      yield
      this.#scan = input.at
    }
  }

  *#string(quote: string): Reading<JsonEnd | undefined> {
    const input = this.#input
    if (this.#expect === 'next') return this.#unclosed()
    if (this.#expect === 'colon') return this.#broken('a colon is missing')
    this.#keepComma()
    if (quote === "'") this.#replace(1, '"', 'single quotes became double quotes')
    else this.#scan++
    for (;;) {
      this.#scan = scanString(input.text, this.#scan, quote)
      const char = input.text.charAt(this.#scan)
      if (char === quote) break
      if (char === '"') this.#replace(1, '\\"')
      else if (char !== '' && char !== '\\') this.#replace(1, toEscape(char), 'a bare control character was escaped')
      else {
        const end = char === '' ? undefined : findEscapeEnd(input.text, this.#scan, input.ended !== undefined)
        if (end === 'broken') return this.#broken('a string has an escape that JSON does not know')
        if (end !== undefined) this.#escape(end)
        else {
          this.#copy(input.ended === undefined ? safeCut(input.text, this.#scan) : this.#scan)
          if (input.ended !== undefined) return this.#broken('it stops inside a string')
          yield
          this.#scan = input.at
        }
      }
    }
    if (quote === "'") this.#replace(1, '"')
    else this.#scan++
    this.#expect = this.#expect.startsWith('key') ? 'colon' : 'next'
    return undefined
  }

  #escape(end: number): void {
    if (this.#input.text.startsWith("\\'", this.#scan)) this.#replace(2, "'", "\\' became '")
    else this.#scan = end
  }

  get #wantsValue(): boolean {
    return this.#expect === 'value' || this.#expect === 'value-or-end'
  }

  get #wanted(): string {
    if (this.#expect === 'colon') return 'a colon'
    return this.#expect.startsWith('key') ? 'a key' : 'a value'
  }

  #step(expect: Expect): undefined {
    this.#expect = expect
    this.#scan++
  }

  #cutOff(): JsonEnd {
    return this.#expect === 'next' ? this.#unclosed() : { kind: 'broken', problem: 'it stops before its end' }
  }

  #unclosed(): JsonEnd {
    this.#copy(this.#scan)
    return { kind: 'unclosed', missing: this.#open.toReversed().map(closerOf).join('') }
  }

  #broken(problem: string): JsonEnd {
    this.#copy(this.#scan)
    return { kind: 'broken', problem }
  }

  /** Copies the input up to index `to`, or keeps it with a comma that waits. */
  #copy(to: number): void {
    const input = this.#input
    if (to <= input.at) return
    const text = input.text.slice(input.at, to)
    const start = input.position
    input.at = to
    if (this.#comma) this.#comma.text += text
    else this.#sink.write(text, start, start + text.length)
  }

  #keepComma(): void {
    if (!this.#comma) return
    this.#copy(this.#scan)
    const { text, start } = this.#comma
    this.#comma = undefined
    this.#sink.write(text, start, start + text.length)
  }

  #dropComma(): void {
    if (!this.#comma) return
    this.#copy(this.#scan)
    const { text, start } = this.#comma
    this.#comma = undefined
    this.#sink.repair('a trailing comma was dropped')
    this.#sink.write(text.slice(1), start, start + text.length)
  }

  /** Copies `text` in place of the next `length` characters. */
  #replace(length: number, text: string, repair?: string): void {
    this.#copy(this.#scan)
    const start = this.#input.position
    this.#input.at += length
    this.#scan = this.#input.at
    if (repair !== undefined) this.#sink.repair(repair)
    this.#sink.write(text, start, start + length)
  }
}

function closerOf(opener: string): string {
  return opener === '{' ? '}' : ']'
}
