import { CallDraft, type CallSink } from './call-draft.ts'
import type { CallClosing } from './call-end.ts'
import { type CallObjectEnd, readCallObject } from './call-object.ts'
import type { Reading, Recording } from './input.ts'
import type { JsonEnd } from './json-reader.ts'
import type { Turn } from './turn.ts'

/** Reads one call as a JSON object. */
export type ReadObject = (turn: Turn, sink: CallSink) => Reading<CallObjectEnd>

/** A call that was read, and how its JSON ended. */
export interface ReadCall {
  call: CallDraft
  end: JsonEnd
}

/** Reads the calls after an opening marker, from where `recording` began: one object, several, or an array of them. */
export function* readJsonCalls(
  turn: Turn,
  recording: Recording,
  closing: CallClosing,
  readObject: ReadObject = readCallObject,
): Reading {
  const inArray = (yield* turn.peekPastSpace()) === '['
  if (inArray) turn.input.at++
  yield* readCallList(turn, recording, { closing, inArray }, function* readOne(own) {
    const call = new CallDraft(turn, own, true)
    return { call, end: toJsonEnd(yield* readObject(turn, call)) }
  })
}

/**
 * Reads calls one after the other, `inArray` from behind its bracket. False, with nothing said, where the first of them
 * was none.
 */
export function* readCallList(
  turn: Turn,
  recording: Recording,
  { closing, inArray }: { closing: CallClosing; inArray: boolean },
  readOne: (own: Recording) => Reading<ReadCall | undefined>,
): Reading<boolean> {
  const { input } = turn
  let own = recording
  for (;;) {
    const read = yield* readOne(own)
    if (!read && own === recording) return false
    const { call, end } = read ?? { call: new CallDraft(turn, own), end: noCall }
    if (end.kind !== 'closed' || (!inArray && closing.spaceCloses)) {
      yield* closing.finish(turn, call, end)
      return true
    }
    const next = yield* turn.peekPastSpace()
    if (next === ',' && inArray) input.at++
    const following = next === ',' && inArray ? yield* turn.peekPastSpace() : next
    if (following !== '{') {
      if (inArray && following === ']') input.at++
      const open = inArray && !']}'.includes(following)
      yield* closing.finish(turn, call, open ? unclosedArray : end)
      return true
    }
    call.finish()
    own = input.record()
  }
}

/** What an end means where the object had to be a call. */
export function toJsonEnd(end: CallObjectEnd): JsonEnd {
  return end.kind === 'excluded' ? noCall : end
}

const noCall: JsonEnd = { kind: 'broken', problem: 'it is no call' }
/** The bracket is missing from the text alone: the call's own arguments are whole. */
const unclosedArray: JsonEnd = { kind: 'unclosed', missing: '' }
