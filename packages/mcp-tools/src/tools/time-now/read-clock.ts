import { DateTime } from 'luxon'
import { toHumanText } from './human-text.ts'
import { toIsoText, toOffsetText } from './iso-text.ts'
import { periodAt, type Transition } from './period.ts'
import type { Reading } from './schema.ts'
import type { Zone } from './zone.ts'

/** A zone and where it came from. */
export interface SourcedZone {
  readonly zone: Zone
  readonly source: Reading['timezone_source']
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** What the clock of the zone shows at `epochMs`. */
export function readClock(epochMs: number, { zone, source }: SourcedZone, locale: string): Reading {
  const { offset, isDst, abbreviation, next } = periodAt(zone, epochMs)
  const localMs = epochMs + offset
  const local = DateTime.fromMillis(localMs, { zone: 'utc' })
  return {
    iso: toIsoText(epochMs, offset),
    timezone: zone.name,
    timezone_source: source,
    utc_offset: toOffsetText(offset),
    ...(abbreviation !== undefined && { abbreviation }),
    weekday: weekdays[local.weekday % 7] ?? '',
    is_dst: isDst,
    epoch_s: Math.floor(epochMs / 1_000),
    epoch_ms: epochMs,
    iso_week: local.weekNumber,
    iso_week_year: local.weekYear,
    day_of_year: local.ordinal,
    ...(next !== undefined && { next_transition: toTransition(next) }),
    text: toHumanText(localMs, locale),
  }
}

function toTransition({ epochMs, offsetBefore, offsetAfter }: Transition): Reading['next_transition'] {
  return {
    iso: toIsoText(epochMs, offsetAfter),
    epoch_ms: epochMs,
    offset_before: toOffsetText(offsetBefore),
    offset_after: toOffsetText(offsetAfter),
  }
}
