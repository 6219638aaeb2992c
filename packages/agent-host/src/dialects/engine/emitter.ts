import type { ModelEvent, TextRange } from '../../core/events.ts'

/** The two kinds of block that are prose. */
export type Prose = 'text' | 'reasoning'

/**
 * Makes the events of one turn: hands out block indexes, opens and closes prose, and sees to it that every character of
 * the source lies in the range of some event. Positions count from the start of the turn.
 */
export class Emitter {
  #events: ModelEvent[] = []
  #open: { kind: Prose; index: number } | undefined
  #nextIndex = 0
  #claimed = 0

  get started(): boolean {
    return this.#nextIndex > 0
  }

  /** Prose taken from the source as it is, ending at `end`. */
  write(kind: Prose, text: string, end: number): void {
    const start = end - text.length
    if (this.#open?.kind !== kind) {
      this.close(start)
      this.#open = { kind, index: this.takeIndex() }
      this.emit({ type: `${kind}-start`, index: this.#open.index, range: this.claim(start) })
    }
    this.#claimed = end
    // Joining the word anew would cost more than all the rest of this.
    const type = kind === 'text' ? 'text-delta' : 'reasoning-delta'
    this.emit({ type, text, index: this.#open.index, range: { start, end } })
  }

  /** Ends the open prose, if any; what was read up to `end` was its closer. */
  close(end: number): void {
    if (!this.#open) return
    this.emit({ type: `${this.#open.kind}-end`, index: this.#open.index, range: this.claim(end) })
    this.#open = undefined
  }

  takeIndex(): number {
    return this.#nextIndex++
  }

  /** Everything up to `end` that no event has claimed yet. */
  claim(end: number): TextRange {
    const start = Math.min(this.#claimed, end)
    this.#claimed = Math.max(this.#claimed, end)
    return { start, end }
  }

  emit(event: ModelEvent): void {
    this.#events.push(event)
  }

  /** The events since the last call of this. */
  take(): readonly ModelEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }
}
