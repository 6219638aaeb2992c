import { DateTime } from 'luxon'

/** What a text says of a moment, as far as it says it; all in milliseconds. */
export interface WrittenTime {
  /** Midnight of the day, since 1970, as if in UTC; absent for a time of day alone. */
  readonly day?: number
  /** Since midnight. */
  readonly timeOfDay: number
  /** Ahead of UTC. */
  readonly offset?: number
  /** As in `2026-11-21T15:00[Asia/Seoul]` (RFC 9557). */
  readonly timezone?: string
}

/** Below this a number counts seconds (until the year 5138), from there on milliseconds (since 1973). */
const firstMilliseconds = 1e11

/** Eight digits are a date, and four a year or a time of day. */
const epochPattern = /^[+-]?(?!(?:\d{4}|\d{8})$)\d{1,17}(?:\.\d{1,9})?$/

const datePattern = /^(?:\d{4}|[+-]\d{6})-?(?:\d|W)/i

const offsetPattern = / *(?:Z|(?:UTC|GMT)?([+\-\u2212])(\d{2})(?::?([0-5]\d)(?::?([0-5]\d))?)?)$/i

const timePattern = /^(\d{1,2})(?::?([0-5]\d)(?::?([0-5]\d)(?:[.,](\d{1,9}))?)?)? *(?:([ap])\.?m\.?)?$/i

/** Milliseconds since 1970 of a number, or a text of digits, in seconds or milliseconds; undefined for anything else. */
export function toEpoch(at: string | number): number | undefined {
  if (typeof at === 'string' && !epochPattern.test(at)) return undefined
  const number = Number(at)
  // Adding nothing makes zero of what is less than a millisecond before 1970.
  return Math.trunc(Math.abs(number) < firstMilliseconds ? number * 1_000 : number) + 0
}

/** Reads a date (calendar, week or ordinal), a time of day, or both, with or without offset; undefined for anything else. */
export function parseAt(text: string): WrittenTime | undefined {
  const timezone = /\[!?([^\]=]+)\]$/.exec(text)?.[1]
  const bare = timezone === undefined ? text : text.slice(0, text.lastIndexOf('['))
  const { date, time } = split(bare)
  const [end, ...offset] = time === '' ? [] : (offsetPattern.exec(time) ?? [])
  const day = date === '' ? undefined : toDay(date)
  const timeOfDay = toTimeOfDay(end === undefined ? time : time.slice(0, -end.length), date !== '')
  if (timeOfDay === undefined || Number.isNaN(day)) return undefined
  return {
    timeOfDay,
    ...(day !== undefined && { day }),
    ...(end !== undefined && { offset: toOffset(offset) }),
    ...(timezone !== undefined && { timezone }),
  }
}

function split(text: string): { date: string; time: string } {
  if (!datePattern.test(text)) return { date: '', time: text.replace(/^T/i, '') }
  const end = text.search(/[T ]/i)
  return end === -1 ? { date: text, time: '' } : { date: text.slice(0, end), time: text.slice(end + 1).trim() }
}

/** `NaN` for what is no date. */
function toDay(date: string): number {
  return DateTime.fromISO(date, { zone: 'utc' }).toMillis()
}

/** Digits alone are a time only behind a date; else they may be a year as well. */
function toTimeOfDay(time: string, isAfterDate: boolean): number | undefined {
  if (time === '' && isAfterDate) return 0
  const [, hours, minutes, seconds, fraction, half] = timePattern.exec(time) ?? []
  if (hours === undefined || (!isAfterDate && /^\d+$/.test(time))) return undefined
  const hour = Number(hours)
  if (half === undefined ? hour > 24 : hour < 1 || hour > 12) return undefined
  const shown = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  const whole = ((shown * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1_000
  const timeOfDay = whole + Number((fraction ?? '').padEnd(3, '0').slice(0, 3))
  // 24:00 is the end of the day (ISO 8601-1), and nothing comes after it.
  return timeOfDay > 86_400_000 ? undefined : timeOfDay
}

function toOffset([sign, hours, minutes, seconds]: readonly (string | undefined)[]): number {
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000 + Number(seconds ?? 0) * 1_000
  return sign === undefined || sign === '+' ? size : -size
}
