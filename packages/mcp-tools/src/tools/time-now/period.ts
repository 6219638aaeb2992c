import { abbreviations } from './abbreviations.ts'
import { createBoundedCache } from './bounded-cache.ts'
import type { Zone } from './zone.ts'

/** A change of a zone's offset from UTC. */
export interface Transition {
  /** The first instant under the new offset. */
  readonly epochMs: number
  readonly offsetBefore: number
  readonly offsetAfter: number
}

/** A time during which a zone's clock keeps its offset; offsets in milliseconds. */
export interface Period {
  readonly offset: number
  readonly isDst: boolean
  /** `KST`, `CEST`; absent where the zone goes by its offset only. */
  readonly abbreviation?: string
  /** The change that ends it; absent where none comes within two years. */
  readonly next?: Transition
}

const dayMs = 86_400_000

/** Closer than this, two changes may cancel each other out unseen; those of one zone lie weeks apart. */
const stepMs = 7 * dayMs

const horizonMs = 730 * dayMs

/** Without a change ahead, what was found is believed for this long before it is looked for again. */
const freshMs = dayMs

/** Regions whose English names its zones best. */
const namingLocales = 'en-US en-GB en-IE en-AU en-NZ en-ZA en-IN'.split(' ')

const abbreviationsByClock = new Map(
  Object.entries(abbreviations)
    .filter(([name]) => name.length > 2)
    .map(([name, { zone, minutes }]) => [`${zone} ${minutes * 60_000}`, name]),
)

/** The last period found of each zone: calls mostly ask for now. */
const lastFound = createBoundedCache(64, (): { from: number; until: number; period?: Period } => ({
  from: 0,
  until: 0,
}))

/** The period of `zone` around `epochMs`. */
export function periodAt(zone: Zone, epochMs: number): Period {
  if (zone.isFixed) return toFixedPeriod(zone, epochMs)
  const found = lastFound(zone.name)
  if (found.period !== undefined && epochMs >= found.from && epochMs < found.until) return found.period
  const period = findPeriod(zone, epochMs)
  found.from = epochMs
  found.until = period.next?.epochMs ?? epochMs + freshMs
  found.period = period
  return period
}

function toFixedPeriod(zone: Zone, epochMs: number): Period {
  return { offset: zone.offsetAt(epochMs), isDst: false, ...(zone.name === 'UTC' && { abbreviation: 'UTC' }) }
}

function findPeriod(zone: Zone, epochMs: number): Period {
  const offset = zone.offsetAt(epochMs)
  const next = findTransition(zone, epochMs, offset)
  const abbreviation = findAbbreviation(zone, epochMs, offset)
  return {
    offset,
    isDst: isDaylightSaving(zone, epochMs, offset),
    ...(abbreviation !== undefined && { abbreviation }),
    ...(next !== undefined && { next }),
  }
}

function findTransition(zone: Zone, from: number, offsetBefore: number): Transition | undefined {
  for (let low = from; low < from + horizonMs; low += stepMs) {
    const high = low + stepMs
    if (zone.offsetAt(high) === offsetBefore) continue
    const epochMs = bisect(low, high, (middle) => zone.offsetAt(middle) === offsetBefore)
    return { epochMs, offsetBefore, offsetAfter: zone.offsetAt(epochMs) }
  }
  return undefined
}

/** The first whole second after `low` at which `isBefore` no longer holds. */
function bisect(low: number, high: number, isBefore: (middle: number) => boolean): number {
  let before = Math.floor(low / 1_000)
  let after = Math.ceil(high / 1_000)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (isBefore(middle * 1_000)) before = middle
    else after = middle
  }
  return after * 1_000
}

/**
 * By the zone's English name, where it has one: an offset that a country gave itself for good is no daylight saving
 * time. Irish Standard Time is the summer's. Else by the offset half a year before and after.
 */
function isDaylightSaving(zone: Zone, epochMs: number, offset: number): boolean {
  const name = zone.nameAt(epochMs, 'long', 'en')
  if (!/^(?:GMT|UTC)/.test(name)) return /Summer|Daylight|^Irish Standard/.test(name)
  const halfYear = 182 * dayMs
  return zone.offsetAt(epochMs - halfYear) < offset && zone.offsetAt(epochMs + halfYear) < offset
}

function findAbbreviation(zone: Zone, epochMs: number, offset: number): string | undefined {
  const known = abbreviationsByClock.get(`${zone.name} ${offset}`)
  if (known !== undefined) return known
  for (const locale of namingLocales) {
    const name = zone.nameAt(epochMs, 'short', locale)
    if (!/^(?:GMT|UTC)?[+\-\u2212]/.test(name)) return name
  }
  return undefined
}
