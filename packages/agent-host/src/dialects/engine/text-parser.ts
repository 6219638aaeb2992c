import type { ModelEvent, TurnEnd } from '../../core/events.ts'
import type { DialectParser, ParserOptions } from '../dialect.ts'
import { readContent } from './content.ts'
import type { Grammar } from './grammar.ts'
import type { Reading } from './input.ts'
import { Turn } from './turn.ts'

/** Long texts are read in slices, so that a search that fails never looks far ahead again and again. */
const sliceLength = 16_384

/** Reads one turn by a grammar. */
export class TextParser implements DialectParser {
  readonly #turn: Turn
  readonly #reading: Reading

  constructor(grammar: Grammar, options: ParserOptions) {
    this.#turn = new Turn(options, grammar.quotable)
    this.#reading = readContent(this.#turn, grammar)
  }

  get done(): boolean {
    return this.#turn.done
  }

  push(text: string): readonly ModelEvent[] {
    const { input, emitter } = this.#turn
    if (input.ended !== undefined) return []
    // Where nothing that follows can matter, nothing of it is kept either.
    for (let from = 0; from < text.length && !this.#turn.done; from += sliceLength) {
      input.push(text.length <= sliceLength ? text : text.slice(from, from + sliceLength))
      this.#reading.next()
    }
    return emitter.take()
  }

  end(how: TurnEnd): readonly ModelEvent[] {
    const { input, emitter } = this.#turn
    if (input.ended !== undefined) return []
    input.ended = how
    this.#reading.next()
    return emitter.take()
  }
}
