import { ArgumentWriter } from './argument-writer.ts'
import type { CallDraft } from './call-draft.ts'
import { safeCut, skipSpace } from './characters.ts'
import type { Reading } from './input.ts'
import { MarkerSet } from './markers.ts'
import { RawValue } from './raw-value.ts'
import { peekHeader } from './tag-header.ts'
import type { Turn } from './turn.ts'
import type { ValueSchema } from './value-kinds.ts'

/** A problem in words, or undefined where all is well. */
type Problem = string | undefined

const stopped = 'The text stopped before the call was complete.'
const nestingLimit = 256
const longestGap = 100

/** A tag that stands ahead, not read yet. */
interface Tag {
  name: string
  closes: boolean
  /** Of the tag and all that stands before it. */
  length: number
}

/**
 * Reads arguments whose tags are named after them, each behind a token that is in no value: `TOKEN<city>Tokyo
 * TOKEN</city>`. A value that begins with another tag is an object, or an array where the schema wants one.
 */
export class NestedTags {
  readonly #turn: Turn
  readonly #call: CallDraft
  readonly #token: string
  readonly #markers: MarkerSet

  constructor(turn: Turn, call: CallDraft, token: string) {
    this.#turn = turn
    this.#call = call
    this.#token = token
    this.#markers = new MarkerSet([token])
  }

  /** Reads the members of an object up to and with the closing tag of this name. */
  *readObject(end: string, schema: ValueSchema, depth = 0): Reading<Problem> {
    const { input } = this.#turn
    const members = new ArgumentWriter(this.#call)
    for (;;) {
      const tag = yield* this.#peekTag()
      if (!tag) return this.#fault(`Only tags may stand between the parameters.`)
      const start = input.position
      if (tag.closes) {
        if (tag.name !== end) return `</${tag.name}> closes <${end}>.`
        input.at += tag.length
        members.finish(input.position)
        return undefined
      }
      if (members.has(tag.name)) return `The parameter ${JSON.stringify(tag.name)} is given twice.`
      input.at += tag.length
      members.begin(tag.name, start, input.position)
      const problem = yield* this.#readValue(tag.name, schema.property(tag.name), depth)
      if (problem !== undefined) return problem
    }
  }

  *#readArray(end: string, schema: ValueSchema, depth: number): Reading<Problem> {
    const { input } = this.#turn
    for (let separator = '['; ; separator = ', ') {
      const tag = yield* this.#peekTag()
      if (!tag) return this.#fault('Only tags may stand between the items.')
      if (tag.closes && tag.name !== end) return `</${tag.name}> closes <${end}>.`
      input.at += tag.length
      this.#call.write(tag.closes ? ']' : separator, input.position - tag.length, input.position)
      if (tag.closes) return undefined
      const problem = yield* this.#readValue(tag.name, schema.items, depth)
      if (problem !== undefined) return problem
    }
  }

  *#readValue(name: string, schema: ValueSchema, depth: number): Reading<Problem> {
    const { kinds } = schema
    if (kinds.has('object') || kinds.has('array')) {
      const tag = yield* this.#peekTag()
      if (tag && !tag.closes) {
        if (depth === nestingLimit) return `It nests deeper than ${nestingLimit} levels.`
        return kinds.has('object')
          ? yield* this.readObject(name, schema, depth + 1)
          : yield* this.#readArray(name, schema, depth + 1)
      }
    }
    const value = new RawValue(this.#call, kinds)
    if (!(yield* this.#readText(value, name))) return stopped
    value.finish(this.#turn.input.position)
    return undefined
  }

  /** Reads text up to and with the closing tag; any other tag in it is data. */
  *#readText(value: RawValue, name: string): Reading<boolean> {
    const { input } = this.#turn
    for (;;) {
      const whole = input.ended !== undefined
      const { at, marker } = this.#markers.find(input.text, input.at, whole)
      value.read(input, marker === undefined && !whole ? safeCut(input.text, at) : at)
      if (marker !== undefined) {
        const tag = yield* this.#peekTag()
        if (tag?.closes && tag.name === name) {
          input.at += tag.length
          return true
        }
        value.read(input, input.at + this.#token.length)
      } else if (whole) return false
      else yield
    }
  }

  /** The tag that comes next, after white space; undefined where something else does. */
  *#peekTag(): Reading<Tag | undefined> {
    const { input } = this.#turn
    const before = yield* this.#peekGap(0)
    while (
      input.ended === undefined &&
      input.text.length - input.at - before < this.#token.length &&
      this.#token.startsWith(input.text.slice(input.at + before))
    ) {
      yield
    }
    if (!input.text.startsWith(this.#token, input.at + before)) return undefined
    const at = yield* this.#peekGap(before + this.#token.length)
    if (input.text.charAt(input.at + at) !== '<') return undefined
    const name = yield* peekHeader(input, at + 1, '>')
    if (name === undefined) return undefined
    const closes = name.startsWith('/')
    return { name: closes ? name.slice(1) : name, closes, length: at + name.length + 2 }
  }

  /** How far ahead the first character behind `offset` stands that is no white space. */
  *#peekGap(offset: number): Reading<number> {
    const { input } = this.#turn
    for (;;) {
      const next = skipSpace(input.text, input.at + offset) - input.at
      if (input.at + next < input.text.length || input.ended !== undefined || next - offset > longestGap) return next
      yield
    }
  }

  #fault(problem: string): string {
    return this.#turn.input.ended !== undefined && this.#turn.input.text.trimEnd().length <= this.#turn.input.at
      ? stopped
      : problem
  }
}
