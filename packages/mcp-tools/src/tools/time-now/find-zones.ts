import { ToolError } from '../../errors.ts'
import { abbreviations } from './abbreviations.ts'
import { createBoundedCache } from './bounded-cache.ts'
import { knownNames, toComparable } from './known-names.ts'
import { nearestZones } from './nearest-zones.ts'
import { toFixedZone, toNamedZone, type Zone } from './zone.ts'

/** `+09:00`, `-0330`, `+9`, also after UTC or GMT, where people write a typographic minus too. */
const offsetPattern = /^(?:UTC|GMT)?\s*([+\-\u2212])(\d{1,2})(?::?([0-5]\d))?$/i

/** No place is further than this from UTC (Kiribati, +14:00). */
const maxOffsetMinutes = 14 * 60

const mostNames = 500

/** What a name may mean: one zone, several, or none. */
type Meaning = readonly Zone[]

/**
 * The zone that `name` means: an IANA name in any case, a UTC offset, an abbreviation or a place.
 * Throws `invalid_timezone`, naming `field` and what was likely meant.
 */
export function toZone(name: string, field: string): Zone {
  const meaning = meaningOf(name.trim())
  const [zone] = meaning
  if (zone !== undefined && meaning.length === 1) return zone
  throw toUnknown(name.trim(), field, meaning)
}

/**
 * The zones that `text` names, separated by commas, each once. A country that goes with the place before it, as in
 * `Toronto, Canada`, names none of its own. Throws `invalid_timezone`.
 */
export function toZones(text: string, field: string): readonly Zone[] {
  const found = new Map<string, Zone>()
  let before: Zone | undefined
  for (const name of text.split(/[,;，、]/).map((part) => part.trim())) {
    if (before !== undefined && isCountryOf(before, name)) continue
    before = toZone(name, field)
    found.set(before.name, before)
  }
  return [...found.values()]
}

function isCountryOf(zone: Zone, name: string): boolean {
  const continent = zone.name.slice(0, zone.name.indexOf('/') + 1)
  const meaning = meaningOf(name)
  const isCloseBy = (each: Zone) => each.name === zone.name || (continent !== '' && each.name.startsWith(continent))
  return meaning.length > 1 && meaning.some(isCloseBy)
}

const meaningOf = createBoundedCache(mostNames, (name): Meaning => {
  const offset = toOffsetZone(name)
  return offset === undefined ? (meaningOfWords(name) ?? meaningOfWords(withoutTime(name)) ?? []) : [offset]
})

/** Ambiguous names come first: ICU takes `EST` for Panama. */
function meaningOfWords(name: string): Meaning | undefined {
  const places = knownNames().get(toComparable(name)) ?? []
  if (places.length > 1) return toNamedZones(places)
  const abbreviation = Object.hasOwn(abbreviations, name.toUpperCase())
    ? abbreviations[name.toUpperCase()]?.zone
    : undefined
  const zone = toNamedZone(name.replaceAll(/\s+/g, '_'))
  const zones = zone === undefined ? toNamedZones(abbreviation === undefined ? places : [abbreviation]) : [zone]
  return zones.length === 0 ? undefined : zones
}

function toNamedZones(names: readonly string[]): Zone[] {
  return names.map(toNamedZone).filter((zone) => zone !== undefined)
}

/** `Korea Standard Time`, `Seoul time`, `서울 시간`: the place alone. */
function withoutTime(name: string): string {
  return name.replace(
    /[\s_]+(?:(?:standard|daylight|summer)[\s_]+)?time(?:[\s_]?zone)?$|\s*(?:표준시|현지시간|시간대?)$/i,
    '',
  )
}

function toOffsetZone(text: string): Zone | undefined {
  const [, sign, hours, minutes] = offsetPattern.exec(text) ?? []
  if (hours === undefined) return undefined
  const total = Number(hours) * 60 + Number(minutes ?? 0)
  return total > maxOffsetMinutes ? undefined : toFixedZone(sign === '+' ? total : -total)
}

function toUnknown(name: string, field: string, meaning: Meaning): ToolError {
  const several = meaning.map((zone) => zone.name)
  const near = several.length > 0 ? several : nearestZones(name)
  const problem = several.length > 0 ? 'stands for several time zones' : 'is not a time zone'
  const advice = near.length === 0 ? 'Use an IANA name such as Asia/Seoul' : `Did you mean ${near.join(' or ')}?`
  return new ToolError('invalid_timezone', `\`${field}\` ${JSON.stringify(name)} ${problem}. ${advice}`)
}
