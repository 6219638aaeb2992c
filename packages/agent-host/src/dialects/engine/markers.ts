/** Where a marker stands. Without `marker`, `at` is where unfinished text begins that may yet become one. */
export interface MarkerMatch {
  at: number
  marker?: string
}

interface Group {
  /** The longest beginning that all its markers share: one `indexOf` finds every candidate. */
  prefix: string
  /** Longest first, so that a marker never hides a longer one. */
  markers: string[]
}

/** Finds the first of several fixed strings, by `indexOf` alone, so that prose costs next to nothing. */
export class MarkerSet {
  readonly #groups: Group[]
  readonly #longest: number

  constructor(markers: Iterable<string>) {
    const byFirst = Map.groupBy(new Set(markers), (marker) => marker.charAt(0))
    this.#groups = [...byFirst.values()].map((group) => ({
      prefix: commonPrefix(group),
      markers: group.toSorted((one, other) => other.length - one.length),
    }))
    this.#longest = Math.max(0, ...this.#groups.map((group) => group.markers[0]?.length ?? 0))
  }

  /** The first marker at or after `from`; `whole` says that no text follows, so nothing is unfinished. */
  find(text: string, from: number, whole: boolean): MarkerMatch {
    let best: MarkerMatch | undefined
    for (const group of this.#groups) {
      let at = text.indexOf(group.prefix, from)
      while (at !== -1 && at < (best?.at ?? text.length)) {
        const match = matchGroup(group, text, at, whole)
        if (match) best = match
        else at = text.indexOf(group.prefix, at + 1)
      }
    }
    return best ?? { at: whole ? text.length : this.#unfinished(text, from) }
  }

  /** The marker that stands exactly at `at`; `at` without `marker` where one may stand there; else undefined. */
  match(text: string, at: number, whole: boolean): MarkerMatch | undefined {
    for (const group of this.#groups) {
      if (text[at] === group.prefix[0]) return matchGroup(group, text, at, whole)
    }
    return undefined
  }

  #unfinished(text: string, from: number): number {
    for (let at = Math.max(from, text.length - this.#longest + 1); at < text.length; at++) {
      for (const group of this.#groups) {
        if (text.charCodeAt(at) === group.prefix.charCodeAt(0) && mayBecome(group, text.slice(at))) return at
      }
    }
    return text.length
  }
}

function matchGroup(group: Group, text: string, at: number, whole: boolean): MarkerMatch | undefined {
  const marker = group.markers.find((candidate) => text.startsWith(candidate, at))
  const rest = text.length - at
  if (whole || rest >= (group.markers[0]?.length ?? 0)) return marker === undefined ? undefined : { at, marker }
  const tail = text.slice(at)
  if (group.markers.some((candidate) => candidate.length > rest && candidate.startsWith(tail))) return { at }
  return marker === undefined ? undefined : { at, marker }
}

function mayBecome(group: Group, tail: string): boolean {
  return group.markers.some((marker) => marker.length > tail.length && marker.startsWith(tail))
}

function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? ''
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}
