import { createBoundedCache } from './bounded-cache.ts'
import { renamedZones } from './renamed-zones.ts'

/** The rule of a wall clock: how far ahead of UTC it is, and when. */
export interface Zone {
  /** Canonical IANA name, or `UTC+9` style where the zone is only an offset. */
  readonly name: string
  /** Whether the offset never changes and has no name of its own. */
  readonly isFixed: boolean
  /** Milliseconds ahead of UTC at `epochMs`; whole seconds, as before standard time they were no whole minutes. */
  offsetAt(epochMs: number): number
  /** What the zone is called at `epochMs`, in the English of `locale`; `GMT+9` style where it has no name there. */
  nameAt(epochMs: number, style: 'short' | 'long', locale: string): string
}

/** The most that a `Date` holds (ECMA-262, Time Values and Time Range). */
export const furthestMs = 8.64e15

/** One takes some 50 KB. */
const mostFormatters = 64

/** The three-letter names of the time zone database; ICU takes others too, such as BST for Dhaka. */
const shortNames: ReadonlySet<string> = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '))

/** The zone that is `minutes` ahead of UTC all year. */
export function toFixedZone(minutes: number): Zone {
  const hours = Math.trunc(Math.abs(minutes) / 60)
  const rest = Math.abs(minutes) % 60
  const tail = rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`
  const name = minutes === 0 ? 'UTC' : `UTC${minutes < 0 ? '-' : '+'}${hours}${tail}`
  return { name, isFixed: true, offsetAt: () => minutes * 60_000, nameAt: () => name }
}

/** The zone of an IANA name in any case, or undefined where there is none of that name. */
export function toNamedZone(name: string): Zone | undefined {
  if (name.toUpperCase() === 'Z') return toFixedZone(0)
  if (!/^[A-Za-z]/.test(name) || (name.length === 3 && !shortNames.has(name.toUpperCase()))) return undefined
  const canonical = toCanonicalName(name)
  if (canonical === undefined) return undefined
  return canonical === 'UTC' ? toFixedZone(0) : toIanaZone(renamedZones[canonical] ?? canonical)
}

function toCanonicalName(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    // The one way to ask whether a name is known.
    return undefined
  }
}

function toIanaZone(name: string): Zone {
  return {
    name,
    isFixed: false,
    offsetAt: (epochMs) => toOffset(offsetFormatter(name).format(clamp(epochMs))),
    nameAt: (epochMs, style, locale) =>
      nameFormatter([name, style, locale].join(' '))
        .formatToParts(clamp(epochMs))
        .find(({ type }) => type === 'timeZoneName')?.value ?? '',
  }
}

const offsetFormatter = createBoundedCache(
  mostFormatters,
  (name) => new Intl.DateTimeFormat('en', { timeZone: name, hour: 'numeric', timeZoneName: 'longOffset' }),
)

const nameFormatter = createBoundedCache(mostFormatters, (key) => {
  const [timeZone, timeZoneName, locale] = key.split(' ') as [string, 'short' | 'long', string]
  return new Intl.DateTimeFormat(locale, { timeZone, timeZoneName })
})

/** A search may look beyond what a `Date` holds. */
function clamp(epochMs: number): number {
  return Math.max(-furthestMs, Math.min(furthestMs, epochMs))
}

/** Reads `… GMT+08:27:52`. */
function toOffset(text: string): number {
  const [, sign, hours, minutes, seconds] = /GMT([+\-\u2212])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  if (hours === undefined) return 0
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds ?? 0) * 1_000
  return sign === '+' ? size : -size
}
