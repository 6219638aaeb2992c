import type { CallSink } from './call-draft.ts'

/** Writes an object's members as they come, their values being written by others. */
export class ArgumentWriter {
  readonly #sink: CallSink
  readonly #keys = new Set<string>()

  constructor(sink: CallSink) {
    this.#sink = sink
  }

  get empty(): boolean {
    return this.#keys.size === 0
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** A member begins, its key being the characters `start` to `end`. */
  begin(key: string, start: number, end: number): void {
    this.#sink.write(`${this.empty ? '{' : ', '}${JSON.stringify(key)}: `, start, end)
    this.#keys.add(key)
  }

  /** The object ends at `at`. */
  finish(at: number): void {
    this.#sink.write(this.empty ? '{}' : '}', at, at)
  }
}
