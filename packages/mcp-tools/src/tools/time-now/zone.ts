import { FixedOffsetZone, IANAZone, type Zone } from 'luxon'
import { ToolError } from '../../errors.ts'
import { nearestZones } from './nearest-zones.ts'
import { renamedZones } from './renamed-zones.ts'

/** `+09:00`, `-0330`, `+9`, also after UTC or GMT, where people write a typographic minus too. */
const offsetPattern = /^(?:UTC|GMT)?\s*([+\-\u2212])(\d{1,2})(?::?([0-5]\d))?$/i

/** No place is further than this from UTC (Kiribati, +14:00). */
const maxOffsetMinutes = 14 * 60

/** The three-letter names of the time zone database; ICU takes others too, such as BST for Dhaka. */
const shortNames: ReadonlySet<string> = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '))

/** The zone that `name` means: an IANA name in any case, or a UTC offset. Throws `invalid_timezone` with near names. */
export function toZone(name: string): Zone {
  const wanted = name.trim()
  const zone = toOffsetZone(wanted) ?? toNamedZone(wanted)
  if (zone !== undefined) return zone
  const near = nearestZones(wanted)
  const advice = near.length === 0 ? 'Use an IANA name such as Asia/Seoul' : `Did you mean ${near.join(' or ')}?`
  throw new ToolError('invalid_timezone', `\`timezone\` ${JSON.stringify(wanted)} is not a time zone. ${advice}`)
}

/** The zone of this machine; where its setting names no known zone, the offset its clock uses at this moment. */
export function machineZone(): Zone {
  // Undefined where the variable TZ holds something ICU does not know, whatever the types promise.
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined
  return toNamedZone(name ?? '') ?? FixedOffsetZone.instance(-new Date().getTimezoneOffset())
}

function toOffsetZone(text: string): Zone | undefined {
  const [, sign, hours, minutes] = offsetPattern.exec(text) ?? []
  if (hours === undefined) return undefined
  const total = Number(hours) * 60 + Number(minutes ?? 0)
  return total > maxOffsetMinutes ? undefined : FixedOffsetZone.instance(sign === '+' ? total : -total)
}

function toNamedZone(name: string): Zone | undefined {
  if (name.toUpperCase() === 'Z') return FixedOffsetZone.utcInstance
  const isNamed = /^[A-Za-z]/.test(name) && (name.length !== 3 || shortNames.has(name.toUpperCase()))
  if (!isNamed || !IANAZone.isValidZone(name)) return undefined
  const canonical = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  if (canonical === 'UTC') return FixedOffsetZone.utcInstance
  return IANAZone.create(renamedZones[canonical] ?? canonical)
}
