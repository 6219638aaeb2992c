import { safeCut } from './characters.ts'
import { type Grammar, type Opener, fits } from './grammar.ts'
import type { Reading } from './input.ts'
import type { MarkerMatch } from './markers.ts'
import type { Turn } from './turn.ts'

/** A start is known by this many characters, or it is none. */
const startWindow = 160

/** Reads prose and what a grammar puts between it, to the end of the turn. */
export function* readContent(turn: Turn, grammar: Grammar): Reading {
  const { input } = turn
  while (!turn.done) {
    if (turn.fresh) turn.skipLeadingSpace()
    const whole = input.ended !== undefined
    const match = findOpening(turn, grammar)
    const beginsProse = turn.fresh && turn.mode === 'text' && match.at > input.at
    if (beginsProse && (yield* readStart(turn, grammar))) continue
    turn.readProse(match.marker === undefined && !whole ? safeCut(input.text, match.at) : match.at)
    if (match.marker !== undefined) yield* readMarker(turn, grammar, match.marker)
    else if (whole) return turn.finish()
    else yield
  }
}

/** The first marker that is not known to be prose; at the beginning of a block nothing is known yet. */
function findOpening(turn: Turn, grammar: Grammar): MarkerMatch {
  let match = turn.find(grammar.markers)
  while (match.marker !== undefined && !turn.fresh) {
    const behind = match.at + match.marker.length
    if (!grammar.declines(match.marker, turn, match.at)) break
    match = turn.find(grammar.markers, behind)
  }
  return match
}

/** Tries what only begins a block. True where it read something or waited for more, so that one must look again. */
function* readStart(turn: Turn, grammar: Grammar): Reading<boolean> {
  const { input } = turn
  const { text: before, ended } = input
  const text = before.slice(input.at, input.at + startWindow)
  const whole = ended !== undefined || text.length === startWindow
  for (const start of grammar.starts) {
    const begins = start.begins(text, whole)
    if (begins === undefined) {
      yield
      return true
    }
    if (!begins) continue
    const recording = input.record()
    const taken = yield* start.read(turn, recording)
    const read = recording.stop()
    if (!taken && read === '' && input.text === before && input.ended === ended) continue
    if (!taken) turn.writeProse(read)
    return true
  }
  return false
}

function* readMarker(turn: Turn, grammar: Grammar, marker: string): Reading {
  const { input } = turn
  const openers = grammar.openersAt(marker, turn)
  const recording = input.record()
  input.at += marker.length
  const opener = yield* chooseOpener(turn, openers)
  if (opener) yield* opener.read(turn, recording) ?? []
  else turn.writeProse(recording.text())
  recording.stop()
}

/** The opener that agrees with what follows the marker; white space is read over where that has to be seen. */
function* chooseOpener(turn: Turn, openers: readonly Opener[]): Reading<Opener | undefined> {
  const { input } = turn
  if (openers.some((opener) => opener.follows)) yield* turn.peekPastSpace()
  for (;;) {
    let undecided = false
    for (const opener of openers) {
      const fit = fits(opener, input.text, input.at)
      if (fit === true) return opener
      undecided ||= fit === undefined && input.ended === undefined
    }
    if (!undecided) return undefined
    yield
  }
}
