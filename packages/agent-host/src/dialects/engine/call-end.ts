import type { CallDraft } from './call-draft.ts'
import type { Reading } from './input.ts'
import type { JsonEnd } from './json-reader.ts'
import { MarkerSet } from './markers.ts'
import type { Turn } from './turn.ts'

/** What ends a call besides the end of the turn. */
export interface Closing {
  /** Markers that belong to the call, the usual one first; none where only the end of the message closes it. */
  closers: readonly string[]
  /** Markers that begin what comes next, and are left for it. */
  followers: readonly string[]
  /** Whether the closer always comes, so that junk before it is part of the call. */
  certain: boolean
  /**
   * White space behind the whole call closes it too, for formats without a closer that a server leaves in the text: a
   * line break, or a blank and then a word, since neither can go on with a call that is complete. Default false.
   */
  space?: boolean
  /** What the call is written in. Default JSON. */
  language?: string
}

/** What goes on with JSON or mends it, where a call that is over would be followed by a word. */
const punctuation = '{}[],:"\'`\\'

/** {@link Closing} made ready to look for. */
export class CallClosing {
  readonly #name: string
  readonly #markers: MarkerSet
  readonly #closers: ReadonlySet<string>
  readonly #certain: boolean
  readonly #space: boolean
  readonly #language: string

  constructor(closing: Closing) {
    this.#name = closing.closers[0] ?? ''
    this.#closers = new Set(closing.closers)
    this.#markers = new MarkerSet([...closing.closers, ...closing.followers])
    this.#certain = closing.certain
    this.#space = closing.space ?? false
    this.#language = closing.language ?? 'JSON'
  }

  /** Ends a call whose JSON ended like this: the closer makes it a call, or else the problem is told. */
  *finish(turn: Turn, call: CallDraft, end: JsonEnd): Reading {
    if (end.kind === 'broken') {
      yield* this.skip(turn)
      return call.fail(`The call is not valid ${this.#language}: ${end.problem}.`)
    }
    const tail = yield* this.#readTail(turn, call, end.kind === 'closed')
    if (tail === 'closed' || (tail === 'ended' && turn.input.endedNormally)) {
      if (end.kind === 'unclosed') {
        call.write(end.missing, turn.input.position, turn.input.position)
        call.repair('missing closing brackets were added')
      }
      return call.finish()
    }
    if (tail === 'ended') return call.fail('The text stopped before the call was complete.')
    if (this.#certain || end.kind === 'unclosed') yield* this.skip(turn)
    return call.fail(
      end.kind === 'closed'
        ? `The call's ${this.#language} must be followed by ${this.#name || 'the end of the message'} and nothing else.`
        : `The call is not valid ${this.#language}: a comma or a closing bracket is missing.`,
    )
  }

  /** Skips all up to the call's closer and over it, or up to what follows. */
  *skip(turn: Turn): Reading {
    const { input } = turn
    for (;;) {
      const match = turn.find(this.#markers)
      input.at = match.at
      if (match.marker !== undefined) {
        if (this.#closers.has(match.marker)) input.at += match.marker.length
        return
      }
      if (input.ended !== undefined) return
      yield
    }
  }

  /** Whether a closer, which is taken, or what follows the call stands here. */
  *takeHere(turn: Turn): Reading<boolean> {
    const { input } = turn
    for (;;) {
      const match = this.#markers.match(input.text, input.at, input.ended !== undefined)
      if (!match) return false
      if (match.marker !== undefined) {
        if (this.#closers.has(match.marker)) input.at += match.marker.length
        return true
      }
      yield
    }
  }

  /** Whether white space may close a call here, so that it must be left to {@link finish}. */
  get spaceCloses(): boolean {
    return this.#space
  }

  /** Reads white space and, after whole JSON, stray closing brackets, up to what ends the call. */
  *#readTail(turn: Turn, call: CallDraft, whole: boolean): Reading<'closed' | 'ended' | 'other'> {
    for (;;) {
      const spaceCloses = whole && this.#space
      const before = turn.input.position
      const char = yield* turn.peekPastSpace(spaceCloses)
      if (char === '') return 'ended'
      if (spaceCloses && char === '\n') {
        turn.input.at++
        return 'closed'
      }
      if (yield* this.takeHere(turn)) return 'closed'
      if (spaceCloses && turn.input.position > before && !punctuation.includes(char)) return 'closed'
      if (!whole || !'}]'.includes(char)) return 'other'
      turn.input.at++
      call.repair('stray brackets after the call were dropped')
    }
  }
}
