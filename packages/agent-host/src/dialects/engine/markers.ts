/** Where a marker stands. Without `marker`, `at` is where unfinished text begins that may yet become one. */
export interface MarkerMatch {
  at: number
  marker?: string
}

/** Markers that begin alike. */
interface Group {
  /** The longest beginning that all its markers share: one `indexOf` finds every candidate. */
  prefix: string
  /** Longest first, so that a marker never hides a longer one. */
  markers: readonly string[]
  /** The markers by the character that follows the prefix; the one that is the prefix itself under ''. */
  byNext: ReadonlyMap<string, readonly string[]>
}

/** Where each group stands next in one text, so that looking for one does not look for all the others anew. */
export class SearchMemory {
  readonly #next: number[] = []

  /** As `text.indexOf(prefix, from)`, for one text and a `from` that only grows. */
  indexOf(group: number, prefix: string, text: string, from: number): number {
    const known = this.#next[group]
    if (known !== undefined && (known === -1 || known >= from)) return known
    const next = text.indexOf(prefix, from)
    this.#next[group] = next
    return next
  }
}

/** Finds the first of several fixed strings, by `indexOf` alone, so that prose costs next to nothing. */
export class MarkerSet {
  readonly #groups: readonly Group[]
  readonly #longestPrefix: number

  constructor(markers: Iterable<string>) {
    const byFirst = Map.groupBy(new Set(markers), (marker) => marker.charAt(0))
    this.#groups = [...byFirst.values()].map((group) => toGroup(group))
    this.#longestPrefix = Math.max(0, ...this.#groups.map((group) => group.prefix.length))
  }

  /**
   * The first marker at or after `from`; `whole` says that no text follows, so nothing is unfinished. Who searches the
   * same text again and again, always further on, gives a `memory`.
   */
  find(text: string, from: number, whole: boolean, memory = new SearchMemory()): MarkerMatch {
    let best: MarkerMatch | undefined
    for (const [number, group] of this.#groups.entries()) {
      let at = memory.indexOf(number, group.prefix, text, from)
      while (at !== -1 && at < (best?.at ?? text.length)) {
        const match = matchGroup(group, text, at, whole)
        if (match) best = match
        else at = memory.indexOf(number, group.prefix, text, at + 1)
      }
    }
    if (best?.marker !== undefined || whole) return best ?? { at: text.length }
    return { at: Math.min(best?.at ?? text.length, this.#unfinished(text, from)) }
  }

  /** The marker that stands exactly at `at`; `at` without `marker` where one may stand there; else undefined. */
  match(text: string, at: number, whole: boolean): MarkerMatch | undefined {
    const group = this.#groups.find(({ prefix }) => prefix.startsWith(text.charAt(at)))
    if (!group) return undefined
    if (text.startsWith(group.prefix, at)) return matchGroup(group, text, at, whole)
    return !whole && group.prefix.startsWith(text.slice(at)) ? { at } : undefined
  }

  /** Where the end of the text may be the beginning of a prefix. */
  #unfinished(text: string, from: number): number {
    for (let at = Math.max(from, text.length - this.#longestPrefix + 1); at < text.length; at++) {
      const tail = text.slice(at)
      if (this.#groups.some(({ prefix }) => prefix.startsWith(tail))) return at
    }
    return text.length
  }
}

function toGroup(markers: readonly string[]): Group {
  const prefix = commonPrefix(markers)
  const longestFirst = markers.toSorted((one, other) => other.length - one.length)
  return { prefix, markers: longestFirst, byNext: Map.groupBy(longestFirst, (marker) => marker.charAt(prefix.length)) }
}

/** The marker of a group whose prefix stands at `at`. */
function matchGroup(group: Group, text: string, at: number, whole: boolean): MarkerMatch | undefined {
  const next = text.charAt(at + group.prefix.length)
  const candidates = next === '' ? group.markers : (group.byNext.get(next) ?? [])
  const marker = candidates.find((candidate) => text.startsWith(candidate, at)) ?? group.byNext.get('')?.at(0)
  if (!whole && isUnfinished(candidates, text, at)) return { at }
  return marker === undefined ? undefined : { at, marker }
}

/** Whether the rest of the text is the beginning of a longer marker. */
function isUnfinished(candidates: readonly string[], text: string, at: number): boolean {
  const length = text.length - at
  if (length >= (candidates[0]?.length ?? 0)) return false
  const rest = text.slice(at)
  return candidates.some((candidate) => candidate.length > length && candidate.startsWith(rest))
}

function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? ''
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}
