import { Emitter, type Prose } from './emitter.ts'
import { Fence } from './fence.ts'
import { Input } from './input.ts'
import { type MarkerMatch, type MarkerSet, SearchMemory } from './markers.ts'
import { OfferedTools } from './offered-tools.ts'
import { TextBuffer } from './text-buffer.ts'
import { skipBlanks, skipSpace } from './characters.ts'
import type { ParserOptions } from '../dialect.ts'

/** What the reading of one turn knows and shares. */
export class Turn {
  readonly input = new Input()
  readonly emitter = new Emitter()
  readonly fence = new Fence()
  readonly tools: OfferedTools
  /** Bare JSON may be a call. */
  readonly bareCalls: boolean
  /** What prose is at this place. */
  mode: Prose
  /** A block begins here: nothing but white space was read of it. */
  fresh = true
  /** The rest of the turn is of no interest, such as a tool result that the model made up. */
  done = false
  readonly #newId: ParserOptions['newId']
  readonly #callIds = new Set<string>()
  readonly #space = new TextBuffer()
  readonly #searches = new Map<MarkerSet, SearchMemory>()
  /** Position up to which the fence has seen the text. */
  #foreseen = 0
  #nextCall: number
  #keepSpace = true
  readonly #quotable: boolean

  /** `quotable`: fences and quotes matter to the grammar. */
  constructor(options: ParserOptions, quotable: boolean) {
    this.#quotable = quotable
    this.tools = new OfferedTools(options.tools)
    this.bareCalls = !options.jsonAnswer
    this.mode = options.opensIn === 'reasoning' ? 'reasoning' : 'text'
    this.#newId = options.newId
    this.#nextCall = options.firstCallIndex ?? 0
  }

  /** The first marker in what is unread, at or after `from`, which only grows. */
  find(markers: MarkerSet, from = this.input.at): MarkerMatch {
    const { input } = this
    let memory = this.#searches.get(markers)
    if (!memory) this.#searches.set(markers, (memory = new SearchMemory()))
    memory.startPush(input.pushes)
    return markers.find(input.text, from, input.ended !== undefined, memory)
  }

  /** Shows the fence the input up to index `to`, which is prose that will only be read later. */
  foresee(to: number): void {
    if (!this.#quotable) return
    const { input } = this
    const from = Math.max(input.at, input.at + this.#foreseen - input.position)
    this.fence.see(input.text.slice(from, to))
    this.#foreseen = input.position + to - input.at
  }

  /** The id of the next call: the one that the model wrote, unless it is another call's, or else a new one. */
  takeCallId(name: string, written?: string): string {
    const number = this.#nextCall++
    let id = written
    // Ids of the model's and of the counter may meet, at most once each.
    for (let at = number; id === undefined || (this.#callIds.has(id) && at <= number + this.#callIds.size); at++) {
      id = this.#newId(at, name)
    }
    this.#callIds.add(id)
    return id
  }

  /** A new block begins here; what was open ends with the text read so far. */
  startBlock(mode: Prose): void {
    this.emitter.close(this.input.position)
    this.mode = mode
    this.fresh = true
    this.#keepSpace = true
    this.#space.take()
  }

  /** White space at the beginning of this block is framing. */
  dropLeadingSpace(): void {
    this.#keepSpace = false
  }

  /** Sets aside white space at the beginning of a block. */
  skipLeadingSpace(): void {
    const { input } = this
    const end = skipSpace(input.text, input.at)
    this.#space.add(input.text.slice(input.at, end))
    input.at = end
  }

  /** Emits the input up to index `to` as prose. */
  readProse(to: number): void {
    const { input } = this
    if (to <= input.at) return
    const text = input.text.slice(input.at, to)
    input.at = to
    this.writeProse(text)
  }

  /** Emits text that ends where the input now stands as prose. */
  writeProse(text: string): void {
    if (text === '') return
    if (this.#quotable) {
      const unseen = this.input.position - this.#foreseen
      this.fence.see(unseen < text.length ? text.slice(text.length - unseen) : text)
    }
    const space = this.fresh ? this.#space.take() : ''
    const prose = this.#keepSpace && this.mode === 'text' ? space + text : text
    this.fresh = false
    this.emitter.write(this.mode, prose, this.input.position)
  }

  /** Ends the turn; white space alone is an answer only where there is no other. */
  finish(): void {
    const space = this.#space.take()
    if (space !== '' && this.fresh && !this.emitter.started) this.emitter.write(this.mode, space, this.input.position)
    this.emitter.close(this.input.position)
  }

  /** The first character after white space, which is skipped, line breaks only if `inLine` is not set; '' at the end. */
  *peekPastSpace(inLine = false): Generator<undefined, string, undefined> {
    const { input } = this
    for (;;) {
      input.at = inLine ? skipBlanks(input.text, input.at) : skipSpace(input.text, input.at)
      if (!input.empty) return input.text.charAt(input.at)
      if (input.ended !== undefined) return ''
      yield
    }
  }
}
