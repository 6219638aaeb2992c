import { isSpace, safeCut } from './characters.ts'
import type { CallClosing } from './call-end.ts'
import { readCallObject } from './call-object.ts'
import type { Opener } from './grammar.ts'
import type { Reading, Recording } from './input.ts'
import { readCallList, toJsonEnd } from './json-calls.ts'
import { LikelyCall } from './likely-call.ts'
import type { Turn } from './turn.ts'

const lineFeed = 10
const quote = 34
const backslash = 92
const openBrackets = new Set([91, 123])
const closeBrackets = new Set([93, 125])

const when = (turn: Turn) => turn.bareCalls && turn.mode === 'text'

/**
 * Calls as bare JSON anywhere in the text, for models known to write them so: an object, or an array of objects, with
 * the name of an offered tool and its arguments. Other JSON is prose to its end, whatever is inside it.
 */
export function likelyCalls(closing: CallClosing): readonly Opener[] {
  return [
    {
      marker: '{',
      when,
      read(turn, recording) {
        // The bracket belongs to the object that is read.
        turn.input.at--
        return readLikelyCalls(turn, recording, { closing, inArray: false })
      },
    },
    {
      marker: '[',
      when,
      follows: ['{'],
      read: (turn, recording) => readLikelyCalls(turn, recording, { closing, inArray: true }),
    },
  ]
}

function* readLikelyCalls(
  turn: Turn,
  recording: Recording,
  place: { closing: CallClosing; inArray: boolean },
): Reading {
  const taken = yield* readCallList(turn, recording, place, function* readOne(own) {
    const likely = new LikelyCall(turn, own)
    const end = yield* readCallObject(turn, likely, true)
    return likely.draft && { call: likely.draft, end: toJsonEnd(end) }
  })
  if (!taken) yield* readAsProse(turn, recording)
}

/** Emits what was recorded, and on to the end of the value that began there. */
function* readAsProse(turn: Turn, recording: Recording): Reading {
  const { input } = turn
  const brackets = new Brackets()
  const begun = recording.stop()
  let end = brackets.findEnd(begun)
  turn.writeProse(begun)
  while (end === undefined) {
    const whole = input.ended !== undefined
    const cut = whole ? input.text.length : safeCut(input.text, input.text.length)
    end = brackets.findEnd(input.text.slice(input.at, cut))
    turn.readProse(end === undefined ? cut : input.at + end)
    if (whole) return
    if (end === undefined) yield
  }
}

/** Follows the brackets of a value to where the last of them closes, or to an empty line, since prose has brackets too. */
class Brackets {
  #depth = 0
  #quoted = false
  #escaped = false
  #lineEmpty = false

  /** Index behind the end of the value in the next piece of it; undefined where it goes on. */
  findEnd(text: string): number | undefined {
    for (let at = 0; at < text.length; at++) if (this.#ends(text.charCodeAt(at))) return at + 1
    return undefined
  }

  #ends(code: number): boolean {
    if (code === lineFeed && this.#lineEmpty) return true
    this.#lineEmpty = code === lineFeed || (this.#lineEmpty && isSpace(code))
    if (this.#escaped) this.#escaped = false
    else if (this.#quoted && code === backslash) this.#escaped = true
    else if (code === quote) this.#quoted = !this.#quoted
    else if (!this.#quoted && openBrackets.has(code)) this.#depth++
    else if (!this.#quoted && closeBrackets.has(code)) this.#depth--
    return this.#depth === 0
  }
}
