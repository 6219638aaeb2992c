import { CallDraft, type CallSink } from './call-draft.ts'
import type { Recording } from './input.ts'
import { TextBuffer } from './text-buffer.ts'
import type { Turn } from './turn.ts'

/**
 * A call that stands in the middle of prose, where JSON may be just JSON: it waits until an offered name and the
 * beginning of its arguments show that it is one, and streams from there on.
 */
export class LikelyCall implements CallSink {
  readonly #turn: Turn
  readonly #recording: Recording
  readonly #repairs: string[] = []
  readonly #waiting = new TextBuffer()
  #range: { start: number; end: number } | undefined
  #name: { written: string; at: number } | undefined
  #id: string | undefined
  #draft: CallDraft | undefined

  constructor(turn: Turn, recording: Recording) {
    this.#turn = turn
    this.#recording = recording
  }

  /** The call, once it is known to be one. */
  get draft(): CallDraft | undefined {
    return this.#draft
  }

  setName(written: string): boolean {
    if (this.#turn.tools.resolve(written) === undefined) return false
    this.#name ??= { written, at: this.#turn.input.position }
    this.#begin()
    return true
  }

  setId(id: string): void {
    this.#id ??= id
  }

  write(text: string, start: number, end: number): void {
    if (this.#draft) return this.#draft.write(text, start, end)
    this.#waiting.add(text)
    this.#range = { start: this.#range?.start ?? start, end }
    this.#begin()
  }

  repair(what: string): void {
    if (this.#draft) this.#draft.repair(what)
    else this.#repairs.push(what)
  }

  #begin(): void {
    if (this.#draft || !this.#name || !this.#range) return
    const { start, end } = this.#range
    this.#draft = new CallDraft(this.#turn, this.#recording)
    if (this.#id !== undefined) this.#draft.setId(this.#id)
    this.#draft.setName(this.#name.written, Math.min(this.#name.at, start))
    this.#draft.write(this.#waiting.take(), start, end)
    for (const repair of this.#repairs) this.#draft.repair(repair)
  }
}
