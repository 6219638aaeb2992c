import { renamedZones } from './renamed-zones.ts'
import { zoneHints } from './zone-hints.ts'

const maxSuggestions = 3

/** Beyond this many edits, or with more than a third of it changed, a name is no longer the same one misspelt. */
const maxDistance = 3

/** The zones that `unknown` most likely means, best first; none when nothing is near. */
export function nearestZones(unknown: string): readonly string[] {
  const wanted = toComparable(unknown)
  if (Object.hasOwn(zoneHints, wanted)) return zoneHints[wanted] ?? []
  const ranked = Intl.supportedValuesOf('timeZone')
    .map((zone) => renamedZones[zone] ?? zone)
    .map((zone) => ({ zone, distance: distanceTo(zone, wanted) }))
    .filter(({ distance }) => distance <= Math.min(maxDistance, wanted.length / 3))
    .toSorted((one, other) => one.distance - other.distance)
  const best = ranked[0]?.distance
  return ranked
    .filter(({ distance }) => distance === best)
    .slice(0, maxSuggestions)
    .map(({ zone }) => zone)
}

/** Of the zone's whole name and its city, whichever is nearer; a city that the name contains counts as one edit. */
function distanceTo(zone: string, wanted: string): number {
  const whole = toComparable(zone)
  const city = whole.slice(whole.lastIndexOf('/') + 1)
  if (city === wanted) return 0
  if (wanted.length > 2 && (city.includes(wanted) || (city.length > 3 && wanted.includes(city)))) return 1
  return Math.min(editDistance(city, wanted), editDistance(whole, wanted))
}

function toComparable(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', ' ')
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
