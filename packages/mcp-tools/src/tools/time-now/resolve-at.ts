import { ToolError } from '../../errors.ts'
import { toZone } from './find-zones.ts'
import { type LocalTime, resolveLocalTime } from './local-time.ts'
import { parseAt, toEpoch } from './parse-at.ts'
import { furthestMs, type Zone } from './zone.ts'

/** The moment that `at` means. */
export interface Moment {
  readonly epochMs: number
  /** The clock it was read on, where `at` gave a local time. */
  readonly local?: LocalTime & { readonly zone: Zone; readonly localMs: number }
}

const dayMs = 86_400_000

/**
 * The moment that `at` means; a local time is one in `zone`, and a time of day alone is that of today there.
 * Throws `invalid_time`, or `invalid_timezone` for the zone in its brackets.
 */
export function resolveAt(at: string | number, zone: Zone, now: number): Moment {
  const text = typeof at === 'string' ? at.trim() : at
  if (text === 'now') return { epochMs: now }
  const epochMs = toEpoch(text)
  const moment = epochMs === undefined ? resolveText(String(text), zone, now) : { epochMs }
  // Less two days, so that every zone's clock can show it, and what comes before and after.
  if (moment !== undefined && Math.abs(moment.epochMs) <= furthestMs - 2 * dayMs) return moment
  const problem = moment === undefined ? 'is not a time' : 'is beyond the years -271821 to 275760'
  throw new ToolError(
    'invalid_time',
    `\`at\` ${JSON.stringify(at)} ${problem}. Use ISO 8601 such as 2026-11-21T15:00 or 2026-11-21T15:00+09:00, ` +
      'a time of day such as 15:00, or epoch seconds.',
  )
}

function resolveText(text: string, asked: Zone, now: number): Moment | undefined {
  const written = parseAt(text)
  if (written === undefined) return undefined
  const { timeOfDay, offset, timezone } = written
  const zone = timezone === undefined ? asked : toZone(timezone, 'at')
  const day = written.day ?? toMidnight(now + (offset ?? zone.offsetAt(now)))
  if (offset !== undefined) return { epochMs: day + timeOfDay - offset }
  const localMs = day + timeOfDay
  if (Math.abs(localMs) > furthestMs) return { epochMs: localMs }
  const local = resolveLocalTime(localMs, zone)
  return { epochMs: local.instants[0], local: { ...local, zone, localMs } }
}

function toMidnight(localMs: number): number {
  return Math.floor(localMs / dayMs) * dayMs
}
