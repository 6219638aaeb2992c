import { CallDraft } from './call-draft.ts'
import type { CallClosing } from './call-end.ts'
import { readCallObject } from './call-object.ts'
import type { Reading, Recording } from './input.ts'
import type { JsonEnd } from './json-reader.ts'
import type { Turn } from './turn.ts'

/** Reads the calls after an opening marker, from where `recording` began: one object, several, or an array of them. */
export function* readJsonCalls(turn: Turn, recording: Recording, closing: CallClosing): Reading {
  const { input } = turn
  const inArray = (yield* turn.peekPastSpace()) === '['
  if (inArray) input.at++
  let own = recording
  for (;;) {
    const call = new CallDraft(turn, own)
    const end = yield* readOne(turn, call)
    if (end.kind !== 'closed') return yield* closing.finish(turn, call, end)
    const next = yield* turn.peekPastSpace()
    if (next === ',' && inArray) input.at++
    const following = next === ',' && inArray ? yield* turn.peekPastSpace() : next
    if (following !== '{') {
      if (inArray && following === ']') input.at++
      return yield* closing.finish(turn, call, end)
    }
    call.finish()
    own = input.record()
  }
}

function* readOne(turn: Turn, call: CallDraft): Reading<JsonEnd> {
  const end = yield* readCallObject(turn, call)
  return end.kind === 'excluded' ? { kind: 'broken', problem: 'it is no call' } : end
}
