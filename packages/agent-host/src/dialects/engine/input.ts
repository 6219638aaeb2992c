import type { TurnEnd } from '../../core/events.ts'
import { TextBuffer } from './text-buffer.ts'

/**
 * A coroutine over an {@link Input}. It yields where it needs more text, and is resumed once there is more or the turn
 * has ended; that is why a grammar reads top to bottom and still does not care how its text was cut.
 */
export type Reading<T = void> = Generator<undefined, T, undefined>

/** The unread text of one turn. Whoever reads moves `at`; what stands before `at` is gone with the next push. */
export class Input {
  text = ''
  /** Index in `text` of the first unread character. */
  at = 0
  ended: TurnEnd | undefined
  /** How often text came, to tell one `text` from the next. */
  pushes = 0
  #base = 0
  readonly #recordings = new Set<Recording>()

  /** Where `at` stands in the text of the whole turn. */
  get position(): number {
    return this.#base + this.at
  }

  /** Nothing unread is here now. */
  get empty(): boolean {
    return this.at >= this.text.length
  }

  /** A call that has all its syntax counts as closed by the end of the turn. */
  get endedNormally(): boolean {
    return this.ended === 'stop' || this.ended === 'tool-calls'
  }

  push(text: string): void {
    for (const recording of this.#recordings) recording.save()
    this.#base += this.at
    this.text = this.empty ? text : this.text.slice(this.at) + text
    this.at = 0
    this.pushes++
  }

  /** Remembers the text that is read from here on. */
  record(): Recording {
    const recording = new Recording(this, () => this.#recordings.delete(recording))
    this.#recordings.add(recording)
    return recording
  }
}

/** The text read since {@link Input.record}. */
export class Recording {
  readonly start: number
  readonly #input: Input
  readonly #saved = new TextBuffer()
  readonly #forget: () => void
  #from: number

  constructor(input: Input, forget: () => void) {
    this.#input = input
    this.#forget = forget
    this.#from = input.at
    this.start = input.position
  }

  /** Keeps what was read before the input lets go of it. */
  save(): void {
    this.#saved.add(this.#input.text.slice(this.#from, this.#input.at))
    this.#from = 0
  }

  text(): string {
    return this.#saved.toString() + this.#input.text.slice(this.#from, this.#input.at)
  }

  /** Ends the recording; gives its text. */
  stop(): string {
    this.#forget()
    return this.text()
  }
}
