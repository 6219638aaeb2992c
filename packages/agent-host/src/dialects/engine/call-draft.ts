import type { Recording } from './input.ts'
import { TextBuffer } from './text-buffer.ts'
import type { Turn } from './turn.ts'

/** Takes in a call while it is read. */
export interface CallSink {
  /** False where nothing more of this call is wanted. */
  setName(written: string): boolean
  /** The id that the model gave the call; too late once its arguments have left. */
  setId?(id: string): void
  /** A piece of the arguments, and which characters of the turn it stands for. */
  write(text: string, start: number, end: number): void
  /** Notes a repair, in words. */
  repair(what: string): void
}

/** An id that can be sent back to any server. */
const usableId = /^[!-~]{1,128}$/

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
  #id: string | undefined
  #problem: string | undefined
  #started: { id: string; index: number } | undefined
  /** Where the name was read, until the call is announced. */
  #named: number | undefined
  readonly #idMayFollow: boolean

  /** `recording` began where the call's own text does. `idMayFollow`: an id may come between the name and the rest. */
  constructor(turn: Turn, recording: Recording, idMayFollow = false) {
    this.#turn = turn
    this.#recording = recording
    this.#idMayFollow = idMayFollow
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
    this.#named = at
    if (!this.#idMayFollow) this.#start()
    return true
  }

  setId(id: string): void {
    if (usableId.test(id)) this.#id ??= id
  }

  write(text: string, start: number, end: number): void {
    if (text === '' || this.#problem !== undefined) return
    this.#start()
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
    this.#start()
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
    this.#start()
    const { emitter, input } = this.#turn
    const { id, index } = this.#started ?? this.#identify()
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

  /** Says that there is a call, and what waited for its name. */
  #start(): void {
    if (this.#named === undefined) return
    const { emitter } = this.#turn
    const range = emitter.claim(this.#named)
    this.#named = undefined
    this.#started = this.#identify()
    emitter.emit({ type: 'tool-input-start', ...this.#started, name: this.#name ?? '', range })
    if (this.#waiting) this.#emit(this.#waiting.text.take(), this.#waiting.start, this.#waiting.end)
    this.#waiting = undefined
  }

  #identify(): { id: string; index: number } {
    return { id: this.#turn.takeCallId(this.#name ?? '', this.#id), index: this.#turn.emitter.takeIndex() }
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
