import type { Recording } from './input.ts'
import { TextBuffer } from './text-buffer.ts'
import type { Turn } from './turn.ts'

/** Takes in a call while it is read. */
export interface CallSink {
  /** False where nothing more of this call is wanted. */
  setName(written: string): boolean
  /** A piece of the arguments, and which characters of the turn it stands for. */
  write(text: string, start: number, end: number): void
  /** Notes a repair, in words. */
  repair(what: string): void
}

/**
 * One call as it comes in. Arguments leave at once when the name is known and offered, and wait while it is not known
 * yet; in the end it is a call or a malformed one.
 */
export class CallDraft implements CallSink {
  readonly #turn: Turn
  readonly #recording: Recording
  readonly #repairs = new Set<string>()
  readonly #arguments = new TextBuffer()
  #waiting: { text: TextBuffer; start: number; end: number } | undefined
  #name: string | undefined
  #problem: string | undefined
  #started: { id: string; index: number } | undefined

  /** `recording` began where the call's own text does. */
  constructor(turn: Turn, recording: Recording) {
    this.#turn = turn
    this.#recording = recording
    turn.emitter.close(recording.start)
  }

  get name(): string | undefined {
    return this.#name
  }

  setName(written: string, at = this.#turn.input.position): boolean {
    if (this.#name !== undefined) return this.#problem === undefined
    const name = this.#turn.tools.resolve(written)
    this.#name = name ?? written
    if (name === undefined) {
      this.#problem = this.#turn.tools.describeMissing(written)
      return false
    }
    const { emitter } = this.#turn
    this.#started = { id: this.#turn.nextCallId(), index: emitter.takeIndex() }
    emitter.emit({ type: 'tool-input-start', ...this.#started, name, range: emitter.claim(at) })
    if (this.#waiting) this.#emit(this.#waiting.text.take(), this.#waiting.start, this.#waiting.end)
    this.#waiting = undefined
    return true
  }

  write(text: string, start: number, end: number): void {
    if (text === '' || this.#problem !== undefined) return
    if (this.#started) this.#emit(text, start, end)
    else {
      this.#waiting ??= { text: new TextBuffer(), start, end }
      this.#waiting.text.add(text)
      this.#waiting.end = end
    }
  }

  repair(what: string): void {
    this.#repairs.add(what)
  }

  /** The call is whole. */
  finish(end = this.#turn.input.position): void {
    if (!this.#started) return this.fail('The call has no name.')
    const { emitter } = this.#turn
    if (this.#arguments.empty) this.#emit('{}', end, end)
    const { id, index } = this.#started
    this.#end(index, end)
    emitter.emit({
      type: 'tool-call',
      id,
      name: this.#name ?? '',
      arguments: this.#arguments.take(),
      index,
      range: { start: this.#recording.start, end },
      ...(this.#repairs.size > 0 && { repairs: [...this.#repairs] }),
    })
    this.#close()
  }

  /** The call cannot be run. */
  fail(problem: string): void {
    const { emitter, input } = this.#turn
    const { id, index } = this.#started ?? { id: this.#turn.nextCallId(), index: emitter.takeIndex() }
    const end = input.position
    if (this.#started) this.#end(index, end)
    else emitter.claim(end)
    emitter.emit({
      type: 'malformed-call',
      id,
      ...(this.#name !== undefined && { name: this.#name }),
      raw: this.#recording.text(),
      problem: this.#problem ?? problem,
      index,
      range: { start: this.#recording.start, end },
    })
    this.#close()
  }

  #emit(text: string, start: number, end: number): void {
    if (!this.#started) return
    this.#arguments.add(text)
    this.#turn.emitter.emit({ type: 'tool-input-delta', text, index: this.#started.index, range: { start, end } })
  }

  #end(index: number, at: number): void {
    const { emitter } = this.#turn
    emitter.emit({ type: 'tool-input-end', index, range: emitter.claim(at) })
  }

  #close(): void {
    this.#recording.stop()
    this.#turn.startBlock(this.#turn.mode)
  }
}
