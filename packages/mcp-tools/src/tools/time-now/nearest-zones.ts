import { knownNames, toComparable, zoneNames } from './known-names.ts'

const maxSuggestions = 3

/** Beyond this many edits, or with more than a third of it changed, a name is no longer the same one misspelt. */
const maxDistance = 3

/** The zones that `unknown` most likely means, best first; none when nothing is near. */
export function nearestZones(unknown: string): readonly string[] {
  const wanted = toComparable(unknown)
  const reach = Math.min(maxDistance, wanted.length / 3)
  const ranked = candidates()
    .map(([name, zones]) => ({ zones, distance: distanceTo(name, wanted, reach) }))
    .filter(({ distance }) => distance <= reach)
    .toSorted((one, other) => one.distance - other.distance)
  const best = ranked[0]?.distance
  const zones = ranked.filter(({ distance }) => distance === best).flatMap((candidate) => candidate.zones)
  return [...new Set(zones)].slice(0, maxSuggestions)
}

type Candidate = readonly [name: string, zones: readonly string[]]

let known: readonly Candidate[] | undefined

function candidates(): readonly Candidate[] {
  known ??= [...zoneNames().map((zone): Candidate => [toComparable(zone), [zone]]), ...knownNames()]
  return known
}

/** A place that the name contains, or that contains the name, counts as one edit. */
function distanceTo(name: string, wanted: string, reach: number): number {
  if (name === wanted) return 0
  if (wanted.length > 2 && (name.includes(wanted) || (name.length > 3 && wanted.includes(name)))) return 1
  return Math.abs(name.length - wanted.length) > reach ? Infinity : editDistance(name, wanted)
}

/** Levenshtein distance, row by row. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (const [index, character] of one.split('').entries()) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (character === other[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? one.length
}
