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

/** So short a text is read character by character, which then takes less time than one search for each group. */
const shortLength = 32

/** Where each group stands next in one text, so that looking for one does not look for all the others anew. */
export class SearchMemory {
  #next: number[] = []
  #pushes = 0

  /** Forgets what it knows of another text than the one that came with this push. */
  startPush(pushes: number): void {
    if (this.#pushes === pushes) return
    this.#pushes = pushes
    if (this.#next.length > 0) this.#next = []
  }

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
  /** The groups by the code of their first character. */
  readonly #byFirst: ReadonlyMap<number, Group>
  readonly #longestPrefix: number

  constructor(markers: Iterable<string>) {
    const byFirst = Map.groupBy(new Set(markers), (marker) => marker.charAt(0))
    this.#groups = [...byFirst.values()].map((group) => toGroup(group))
    this.#byFirst = new Map(this.#groups.map((group) => [group.prefix.charCodeAt(0), group]))
    this.#longestPrefix = Math.max(0, ...this.#groups.map((group) => group.prefix.length))
  }

  /**
   * The first marker at or after `from`; `whole` says that no text follows, so nothing is unfinished. Who searches the
   * same text again and again, always further on, gives a `memory`.
   */
  find(text: string, from: number, whole: boolean, memory = new SearchMemory()): MarkerMatch {
    if (text.length - from <= shortLength) return this.#findByCharacter(text, from, whole)
    let best: MarkerMatch | undefined
    let number = 0
    for (const group of this.#groups) {
      let at = memory.indexOf(number, group.prefix, text, from)
      while (at !== -1 && at < (best?.at ?? text.length)) {
        const match = matchGroup(group, text, at, whole)
        if (match) best = match
        else at = memory.indexOf(number, group.prefix, text, at + 1)
      }
      number++
    }
    if (best?.marker !== undefined || whole) return best ?? { at: text.length }
    const last = this.#findByCharacter(text, Math.max(from, text.length - this.#longestPrefix + 1), whole)
    return best && best.at < last.at ? best : last
  }

  /** The marker that stands exactly at `at`; `at` without `marker` where one may stand there; else undefined. */
  match(text: string, at: number, whole: boolean): MarkerMatch | undefined {
    if (at >= text.length) return whole || this.#byFirst.size === 0 ? undefined : { at }
    const group = this.#byFirst.get(text.charCodeAt(at))
    if (!group) return undefined
    if (text.startsWith(group.prefix, at)) return matchGroup(group, text, at, whole)
    return !whole && group.prefix.startsWith(text.slice(at)) ? { at } : undefined
  }

  #findByCharacter(text: string, from: number, whole: boolean): MarkerMatch {
    for (let at = from; at < text.length; at++) {
      const match = this.match(text, at, whole)
      if (match) return match
    }
    return { at: text.length }
  }
}

function toGroup(markers: readonly string[]): Group {
  const prefix = commonPrefix(markers)
  const longestFirst = markers.toSorted((one, other) => other.length - one.length)
  return { prefix, markers: longestFirst, byNext: Map.groupBy(longestFirst, (marker) => marker.charAt(prefix.length)) }
}

/** The marker of a group whose prefix stands at `at`. */
function matchGroup(group: Group, text: string, at: number, whole: boolean): MarkerMatch | undefined {
  if (group.markers[0] === group.prefix) return { at, marker: group.prefix }
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
