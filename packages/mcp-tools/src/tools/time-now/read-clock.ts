import { DateTime } from 'luxon'
import { machineZone, toZone } from './zone.ts'

/** One moment, as the clock on a wall in `timezone` shows it. */
export interface ClockReading {
  /** ISO 8601 with the offset. */
  readonly iso: string
  /** Canonical IANA name, or `UTC+9` style where the zone is only an offset. */
  readonly timezone: string
  /** Whether the caller named the zone, or this machine's own was used. */
  readonly timezone_source: 'argument' | 'machine'
  /** `+09:00` style. */
  readonly utc_offset: string
  /** In English. */
  readonly weekday: string
  readonly is_dst: boolean
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly epoch_ms: number
}

/** What the clock shows at `epochMs` in `timezone`, or in the machine's zone. Throws `invalid_timezone`. */
export function readClock(epochMs: number, timezone?: string): ClockReading {
  const zone = timezone === undefined ? machineZone() : toZone(timezone)
  const now = DateTime.fromMillis(epochMs, { zone, locale: 'en' })
  return {
    iso: now.toISO() ?? '',
    timezone: zone.name,
    timezone_source: timezone === undefined ? 'machine' : 'argument',
    utc_offset: now.toFormat('ZZ'),
    weekday: now.toFormat('cccc'),
    is_dst: now.isInDST,
    epoch_ms: epochMs,
  }
}
