import { ArgumentWriter } from './argument-writer.ts'
import { CallDraft } from './call-draft.ts'
import { CallClosing } from './call-end.ts'
import { readArguments } from './call-object.ts'
import { safeCut } from './characters.ts'
import type { Reading, Recording } from './input.ts'
import type { MarkerSet } from './markers.ts'
import { RawValue } from './raw-value.ts'
import { isFollowedBy, peekHeader, peekMarker } from './tag-header.ts'
import { cdataClose, cdataOpen, TagMarkers, type ParameterTag, type TagRules } from './tag-rules.ts'
import type { Turn } from './turn.ts'
import type { ValueSchema } from './value-kinds.ts'

const stopped = 'The text stopped before the call was complete.'

/** Reads calls whose arguments are raw text between tags. */
export class TagCalls {
  readonly #rules: TagRules
  readonly #markers: TagMarkers
  readonly #closing: CallClosing
  readonly #jsonClosing: CallClosing

  constructor(rules: TagRules) {
    this.#rules = rules
    this.#markers = new TagMarkers(rules)
    this.#closing = new CallClosing({ closers: [rules.end], followers: rules.after, certain: true })
    const closers = rules.json ? [rules.json.close] : []
    this.#jsonClosing = new CallClosing({ closers, followers: rules.after, certain: true })
  }

  /** Reads the call whose opening marker the recording holds; a tag that is none is prose. */
  *read(turn: Turn, recording: Recording): Reading {
    const { input, tools } = turn
    const meant = turn.fresh || this.#rules.offeredOnly !== true
    const tag = yield* this.#rules.readTag(turn)
    const calls = tag.kind === 'call' ? meant || tools.resolve(tag.name) !== undefined : tag.kind === 'cut' && meant
    if (!calls) return turn.writeProse(recording.text())
    const call = new CallDraft(turn, recording)
    if (tag.kind !== 'call') {
      input.at = input.text.length
      return call.fail(stopped)
    }
    call.setName(tag.name)
    if (yield* this.#takeJson(turn)) {
      return yield* this.#jsonClosing.finish(turn, call, yield* readArguments(turn, call))
    }
    const body = new TagCallBody(turn, call, this.#rules, this.#markers)
    const problem = yield* body.read()
    if (problem === undefined) return call.finish()
    yield* this.#closing.skip(turn)
    call.fail(problem)
  }

  /** Whether the arguments are one JSON object; what opens it is read if it is no part of it. */
  *#takeJson(turn: Turn): Reading<boolean> {
    const open = this.#rules.json?.open
    if (open === undefined || (yield* turn.peekPastSpace()) === '') return false
    if ((yield* peekMarker(turn.input, this.#markers.level)) !== open) return false
    if (open !== '{') turn.input.at += open.length
    return true
  }
}

/** What stands between a call's opening tag and its end. */
class TagCallBody {
  readonly #turn: Turn
  readonly #call: CallDraft
  readonly #rules: TagRules
  readonly #markers: TagMarkers
  readonly #arguments: ArgumentWriter
  readonly #schema: ValueSchema

  constructor(turn: Turn, call: CallDraft, rules: TagRules, markers: TagMarkers) {
    this.#turn = turn
    this.#call = call
    this.#rules = rules
    this.#markers = markers
    this.#arguments = new ArgumentWriter(call)
    this.#schema = turn.tools.schemaOf(call.name ?? '')
  }

  /** Reads all of it, the end included; gives what is wrong with it. */
  *read(): Reading<string | undefined> {
    const { input } = this.#turn
    const { end, parameter } = this.#rules
    for (;;) {
      if ((yield* this.#turn.peekPastSpace()) === '') {
        return input.endedNormally && !this.#arguments.empty ? this.#finish() : stopped
      }
      const marker = yield* peekMarker(input, this.#markers.level)
      if (marker === parameter.open) {
        const problem = yield* this.#readParameter()
        if (problem !== undefined) return problem
      } else if (marker === end) {
        input.at += end.length
        return this.#finish()
      } else if (marker !== undefined && !this.#arguments.empty) return this.#finish()
      else return `Only ${parameter.open} and ${end} may stand between the parameters.`
    }
  }

  #finish(): undefined {
    this.#arguments.finish(this.#turn.input.position)
  }

  *#readParameter(): Reading<string | undefined> {
    const { input } = this.#turn
    const { open, end, within, read } = this.#rules.parameter
    const start = input.position
    const header = yield* peekHeader(input, open.length, end, within)
    const tag = header === undefined ? undefined : read(header)
    if (header === undefined || !tag) return input.ended === undefined ? `${open} begins no whole tag.` : stopped
    const key = tag.key ?? this.#onlyMissing()
    if (key === undefined) return 'A parameter has no name.'
    if (tag.key === undefined) this.#call.repair(`the lost name ${key} was restored`)
    if (this.#arguments.has(key)) return `The parameter ${JSON.stringify(key)} is given twice.`
    input.at += open.length + header.length + end.length
    this.#arguments.begin(key, start, input.position)
    const value = new RawValue(this.#call, tag.kinds ?? this.#schema.property(key).kinds)
    if (!(yield* this.#readValue(value))) return stopped
    value.finish(input.position)
    return undefined
  }

  /** The one declared parameter that is not given yet. */
  #onlyMissing(): string | undefined {
    const missing = [...this.#schema.properties].filter((key) => !this.#arguments.has(key))
    return missing.length === 1 ? missing[0] : undefined
  }

  /** Reads a value and its closing tag; false where it has no end. */
  *#readValue(value: RawValue): Reading<boolean> {
    const { input } = this.#turn
    const { close, lineFraming, cdata } = this.#rules
    if (lineFraming) {
      while (input.empty && input.ended === undefined) yield
      if (input.text.charAt(input.at) === '\n') input.at++
    }
    if (cdata && (yield* peekMarker(input, this.#markers.cdata)) !== undefined) {
      input.at += cdataOpen.length
      const { cdataEnd, close: afterwards } = this.#markers
      const whole = yield* this.#readText(value, cdataEnd, (_, length) => isFollowedBy(this.#turn, afterwards, length))
      if (whole === undefined) return false
      input.at += cdataClose.length
      yield* this.#turn.peekPastSpace()
      return yield* this.#takesClose()
    }
    const ending = yield* this.#readText(value, this.#markers.ends, (marker, length) => this.#ends(marker, length))
    if (ending === close) input.at += close.length
    else if (ending !== undefined) this.#call.repair(`a missing ${close} was added`)
    return ending !== undefined
  }

  *#takesClose(): Reading<boolean> {
    const { input } = this.#turn
    const found = (yield* peekMarker(input, this.#markers.close)) !== undefined
    if (found) input.at += this.#rules.close.length
    return found
  }

  /** Whether a tag that ends `length` characters ahead ends the value; where the wrong thing follows, it is data. */
  *#ends(marker: string, length: number): Reading<boolean> {
    const { close, parameter } = this.#rules
    if (marker === close) return yield* isFollowedBy(this.#turn, this.#markers.afterValue, length)
    if (marker !== parameter.open) return yield* isFollowedBy(this.#turn, this.#markers.afterCall, length)
    const header = yield* peekHeader(this.#turn.input, length, parameter.end, parameter.within)
    const tag: ParameterTag | undefined = header === undefined ? undefined : parameter.read(header)
    return tag?.key !== undefined && this.#schema.properties.has(tag.key) && !this.#arguments.has(tag.key)
  }

  /** Reads text up to the marker that ends it, and gives that, unread; undefined where the turn ends first. */
  *#readText(
    value: RawValue,
    ends: MarkerSet,
    confirms: (marker: string, length: number) => Reading<boolean>,
  ): Reading<string | undefined> {
    const { input } = this.#turn
    for (;;) {
      const whole = input.ended !== undefined
      const { at, marker } = ends.find(input.text, input.at, whole)
      const to = marker === undefined && !whole ? safeCut(input.text, at) : at
      const framing = this.#rules.lineFraming && to > input.at && input.text.charAt(to - 1) === '\n' ? 1 : 0
      value.read(input, to - framing)
      if (marker !== undefined) {
        const length = framing + marker.length
        if (yield* confirms(marker, length)) {
          input.at += framing
          return marker
        }
        value.read(input, input.at + length)
      } else if (whole) return undefined
      else yield
    }
  }
}
