import type { Reading, Recording } from './input.ts'
import { MarkerSet } from './markers.ts'
import type { Turn } from './turn.ts'

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
    const openers = (this.#openers.get(marker) ?? []).filter((opener) => opener.when?.(turn) ?? true)
    return openers.some((opener) => !opener.special) && turn.fence.protects
      ? openers.filter((opener) => opener.special)
      : openers
  }
}
