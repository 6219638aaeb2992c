import type { Reading, Recording } from './input.ts'
import { MarkerSet } from './markers.ts'
import type { Turn } from './turn.ts'
import { skipSpace } from './characters.ts'

/** A fixed string that may begin something other than prose, wherever it stands. */
export interface Opener {
  marker: string
  /** A token of the model's own, which means itself even inside a fence or quotes. Default false. */
  special?: boolean
  /** Whether it can mean anything here; where not, it is prose. Default always. */
  when?(turn: Turn): boolean
  /** What must come after the marker and white space, as beginnings; undefined: anything. */
  follows?: readonly string[]
  /** Reads on from behind the marker and, where `follows` is given, the white space; the recording holds both. */
  read(turn: Turn, recording: Recording): Reading | void
}

/** Something that is only recognised at the very beginning of a block of visible text. */
export interface Start {
  /** Whether text that begins so may be it; undefined while more text is needed. `whole`: no more comes. */
  begins(text: string, whole: boolean): boolean | undefined
  /** Reads it, and says whether it was it after all. Where not, what it read is prose. */
  read(turn: Turn, recording: Recording): Reading<boolean>
}

/** What a dialect puts between prose. */
export interface GrammarRules {
  openers: readonly Opener[]
  starts?: readonly Start[]
}

/** {@link GrammarRules} made ready to look for. */
export class Grammar {
  readonly markers: MarkerSet
  readonly starts: readonly Start[]
  /** Whether fences and quotes protect any of its markers. */
  readonly quotable: boolean
  readonly #openers: ReadonlyMap<string, readonly Opener[]>

  constructor(rules: GrammarRules) {
    this.#openers = Map.groupBy(new Set(rules.openers), (opener) => opener.marker)
    this.markers = new MarkerSet(this.#openers.keys())
    this.starts = [...new Set(rules.starts)]
    this.quotable = rules.openers.some((opener) => !opener.special)
  }

  /** What a marker may open here. */
  openersAt(marker: string, turn: Turn): readonly Opener[] {
    return (this.#openers.get(marker) ?? []).filter((opener) => isAllowed(opener, turn))
  }

  /** Whether the marker at `at`, amid prose, is prose too for sure; false as well where that takes more text to tell. */
  declines(marker: string, turn: Turn, at: number): boolean {
    const { text } = turn.input
    const next = skipSpace(text, at + marker.length)
    for (const opener of this.#openers.get(marker) ?? []) {
      if (fits(opener, text, next) === false) continue
      turn.foresee(at)
      if (isAllowed(opener, turn)) return false
    }
    return true
  }
}

/** Whether an opener can mean anything here, whatever follows. */
function isAllowed(opener: Opener, turn: Turn): boolean {
  return (opener.when?.(turn) ?? true) && (opener.special === true || !turn.fence.protects)
}

/** Whether what stands at `at` is what has to follow an opener's marker; undefined where the text is too short to tell. */
export function fits({ follows }: Opener, text: string, at: number): boolean | undefined {
  if (follows === undefined) return true
  let undecided = false
  for (const beginning of follows) {
    if (text.startsWith(beginning, at)) return true
    undecided ||= text.length - at < beginning.length && beginning.startsWith(text.slice(at))
  }
  return undecided ? undefined : false
}
