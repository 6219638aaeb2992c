import { CallDraft, type CallSink } from './call-draft.ts'
import type { CallClosing } from './call-end.ts'
import { type CallObjectEnd, readCallObject } from './call-object.ts'
import type { Reading, Recording } from './input.ts'
import type { JsonEnd } from './json-reader.ts'
import type { Turn } from './turn.ts'

/** Reads one call as a JSON object. */
export type ReadObject = (turn: Turn, sink: CallSink) => Reading<CallObjectEnd>

/** Reads the calls after an opening marker, from where `recording` began: one object, several, or an array of them. */
export function* readJsonCalls(
  turn: Turn,
  recording: Recording,
  closing: CallClosing,
  readObject: ReadObject = readCallObject,
): Reading {
  const { input } = turn
  const inArray = (yield* turn.peekPastSpace()) === '['
  if (inArray) input.at++
  let own = recording
  for (;;) {
    const call = new CallDraft(turn, own, true)
    const end = yield* readOne(turn, call, readObject)
    if (end.kind !== 'closed' || (!inArray && closing.spaceCloses)) return yield* closing.finish(turn, call, end)
    const next = yield* turn.peekPastSpace()
    if (next === ',' && inArray) input.at++
    const following = next === ',' && inArray ? yield* turn.peekPastSpace() : next
    if (following !== '{') {
      if (inArray && following === ']') input.at++
      const open = inArray && !']}'.includes(following)
      return yield* closing.finish(turn, call, open ? unclosedArray : end)
    }
    call.finish()
    own = input.record()
  }
}

/** The bracket is missing from the text alone: the call's own arguments are whole. */
const unclosedArray: JsonEnd = { kind: 'unclosed', missing: '' }

function* readOne(turn: Turn, call: CallDraft, readObject: ReadObject): Reading<JsonEnd> {
  const end = yield* readObject(turn, call)
  return end.kind === 'excluded' ? { kind: 'broken', problem: 'it is no call' } : end
}
