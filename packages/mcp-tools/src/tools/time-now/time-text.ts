import type { Reading, TimeOutput } from './schema.ts'

const origins = { argument: '', setting: ", the operator's zone", machine: ", this machine's zone" }

/** The answer as a model reads it, a line for each thing. */
export function toTimeText(output: TimeOutput): string {
  const { zones, text, timezone, note } = output
  const clocks =
    zones === undefined
      ? [toClock(output), `${text}. ${toRule(output)}`]
      : zones.map((zone) => `${toClock(zone)} ${zone.text}${toAhead(zone.hours_ahead_of_first, timezone)}`)
  const where = zones === undefined ? '' : `In ${timezone}: `
  return [...clocks, where + toDate(output), ...(note === undefined ? [] : [note])].join('\n')
}

function toClock({ iso, weekday, timezone, timezone_source: source, utc_offset: offset }: Reading): string {
  return `${iso} ${weekday} (${timezone}${origins[source]}, UTC${offset})`
}

function toRule({ abbreviation, is_dst: isDst, next_transition: next }: Reading): string {
  const rule = isDst ? 'Daylight saving time' : 'No daylight saving time'
  const named = abbreviation === undefined ? rule : `${abbreviation}, ${rule.toLowerCase()}`
  return next === undefined ? `${named}.` : `${named}; from ${next.iso} on UTC${next.offset_after}.`
}

function toDate(output: TimeOutput): string {
  const { iso_week: week, iso_week_year: year, day_of_year: day, epoch_s: epoch, from_now: fromNow } = output
  const date = `ISO week ${year}-W${String(week).padStart(2, '0')}, day ${day} of the year, epoch ${epoch}`
  return fromNow === undefined ? `${date}.` : `${date}, ${fromNow}.`
}

function toAhead(hours: number, first: string): string {
  if (hours === 0) return ''
  const size = Math.abs(hours)
  return `, ${size} ${size === 1 ? 'hour' : 'hours'} ${hours > 0 ? 'ahead of' : 'behind'} ${first}`
}
