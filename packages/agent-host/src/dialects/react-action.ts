import { CallDraft } from './engine/call-draft.ts'
import type { Reading, Recording } from './engine/input.ts'
import type { MarkerSet } from './engine/markers.ts'
import type { Turn } from './engine/turn.ts'
import { readActionInput, skipToLabel } from './react-input.ts'
import { inputLabels, nameEnds } from './react-labels.ts'

const longestName = 256

/** Reads the tool's name behind `Action:`, then `Action Input:` and what follows it. */
export function* readAction(turn: Turn, recording: Recording): Reading {
  const call = new CallDraft(turn, recording)
  const { name, atInput } = yield* readName(turn)
  if (name === '') {
    yield* skipToLabel(turn)
    return call.fail('The Action names no tool.')
  }
  call.setName(name)
  if (!atInput) {
    yield* turn.peekPastSpace()
    if (!(yield* takeMarker(turn, inputLabels))) {
      return call.fail('The Action must be followed by a line "Action Input:" with its arguments as a JSON object.')
    }
  }
  yield* readActionInput(turn, call)
}

/** An `Action Input:` that no `Action:` came before. */
export function* readLoneInput(turn: Turn, recording: Recording): Reading {
  const call = new CallDraft(turn, recording)
  yield* skipToLabel(turn)
  call.fail('An Action Input must come right after a line "Action:" with the name of a tool.')
}

/** The name, up to the end of its line or to an `Action Input:` on the same one, which is read over. */
function* readName(turn: Turn): Reading<{ name: string; atInput: boolean }> {
  const { input } = turn
  for (;;) {
    const match = turn.find(nameEnds)
    const known = match.marker !== undefined || input.ended !== undefined
    if (known || match.at - input.at > longestName) {
      const end = Math.min(match.at, input.at + longestName)
      const name = undress(input.text.slice(input.at, end))
      const atInput = end === match.at && match.marker !== undefined && match.marker !== '\n'
      input.at = end + (atInput ? (match.marker?.length ?? 0) : 0)
      return { name, atInput }
    }
    yield
  }
}

/** A name without the quotes, brackets and stars that models put around it. */
function undress(name: string): string {
  return name
    .trim()
    .replace(/^[`"'*[]+|[`"'*\]]+$/g, '')
    .replace(/\(\)$/, '')
}

/** Reads over one of the markers, if it stands here. */
function* takeMarker({ input }: Turn, markers: MarkerSet): Reading<boolean> {
  for (;;) {
    const match = markers.match(input.text, input.at, input.ended !== undefined)
    if (!match) return false
    if (match.marker !== undefined) {
      input.at += match.marker.length
      return true
    }
    yield
  }
}
