import { ambiguousNames } from './ambiguous-names.ts'
import { places } from './places.ts'
import { renamedZones } from './renamed-zones.ts'

let index: ReadonlyMap<string, readonly string[]> | undefined

/** The zones that each known name of a place may mean: zones by their cities, and the tables beside this file. */
export function knownNames(): ReadonlyMap<string, readonly string[]> {
  index ??= new Map(
    [...citiesOfZones(), ...namesOfPlaces(), ...Object.entries(ambiguousNames)].map(([name, zones]) => [
      toComparable(name),
      zones,
    ]),
  )
  return index
}

/** `São Paulo`, `sao_paulo` and ` SAO  PAULO ` alike. */
export function toComparable(name: string): string {
  const bare = name
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .normalize('NFC')
  return bare
    .toLowerCase()
    .replaceAll(/[.'’]/g, '')
    .replaceAll(/[\s_-]+/g, ' ')
    .trim()
}

/** Every canonical zone, under the name the time zone database gives it today. */
export function zoneNames(): string[] {
  return Intl.supportedValuesOf('timeZone').map((zone) => renamedZones[zone] ?? zone)
}

function citiesOfZones(): [string, string[]][] {
  const older = Object.entries(renamedZones).map(([old, zone]): [string, string[]] => [toCity(old), [zone]])
  const today = zoneNames().filter((zone) => zone.includes('/') && !zone.startsWith('Etc/'))
  return [...older, ...today.map((zone): [string, string[]] => [toCity(zone), [zone]])]
}

function namesOfPlaces(): [string, string[]][] {
  return places.flatMap(([zone, ...lists]) =>
    lists.flatMap((list) =>
      list
        .split(', ')
        .filter((name) => name !== '')
        .map((name): [string, string[]] => [name, [zone]]),
    ),
  )
}

function toCity(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1)
}
