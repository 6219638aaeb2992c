import type { CallSink } from './call-draft.ts'
import { coerce, headLength, mayBeOtherThanString, readJson } from './coerce.ts'
import type { Input } from './input.ts'
import { TextBuffer } from './text-buffer.ts'
import type { Kinds } from './value-kinds.ts'

/**
 * One value that arrives as raw text, made into JSON: a string streams, and only what may be something else by its
 * schema is held until it closes. What does not fit its kinds stays a string. `json`: the text is declared to be JSON.
 */
export class RawValue {
  readonly #sink: CallSink
  readonly #kinds: Kinds | 'json'
  readonly #held = new TextBuffer()
  #head = ''
  #streams = false
  #start: number | undefined

  constructor(sink: CallSink, kinds: Kinds | 'json') {
    this.#sink = sink
    this.#kinds = kinds
  }

  /** Reads the input up to index `to`, which splits no surrogate pair, into the value. */
  read(input: Input, to: number): void {
    const text = input.text.slice(input.at, to)
    if (text === '') return
    const start = input.position
    input.at = to
    const end = input.position
    if (this.#streams) return this.#sink.write(escape(text), start, end)
    this.#start ??= start
    this.#held.add(text)
    if (this.#kinds === 'json') return
    const wanted = headLength - this.#head.length
    if (wanted <= 0) return
    this.#head += text.slice(0, wanted)
    if (mayBeOtherThanString(this.#head, this.#kinds)) return
    this.#streams = true
    this.#sink.write(`"${escape(this.#held.take())}`, this.#start, end)
  }

  /** The value ends at `at`. */
  finish(at: number): void {
    if (this.#streams) return this.#sink.write('"', at, at)
    const text = this.#held.take()
    const repair = (what: string) => this.#sink.repair(what)
    const json = this.#kinds === 'json' ? readJson(text, repair) : coerce(text, this.#kinds, repair)
    this.#sink.write(json ?? `"${escape(text)}"`, this.#start ?? at, at)
  }
}

function escape(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
