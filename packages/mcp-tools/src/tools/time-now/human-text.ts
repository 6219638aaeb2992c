import { createBoundedCache } from './bounded-cache.ts'

const mostLocales = 32

/**
 * The tag in canonical form, where this machine's `Intl` knows its language; `ko_KR` is understood too.
 * Undefined for what is no BCP 47 tag, or a language without data.
 */
export function toLocale(tag: string): string | undefined {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag.replaceAll('_', '-'))[0]
  } catch {
    // The one way to ask whether a tag is well formed.
    return undefined
  }
}

/** The date and time of day that a clock shows, in words; `localMs` counts from 1970 on that clock. */
export function toHumanText(localMs: number, locale: string): string {
  const era = localMs < firstYearMs ? ' era' : ''
  const text = dateFormatter(locale + era).format(localMs)
  // Node's data writes AM and PM here, which Koreans do not.
  return /^ko\b/.test(locale) ? text.replace(/\bAM\b/, '오전').replace(/\bPM\b/, '오후') : text
}

/** `in 3 days`, `2 hours ago`, in the largest unit that is full at least once. */
export function toRelativeText(differenceMs: number, locale: string): string {
  const seconds = Math.trunc(differenceMs / 1_000)
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const)
  return relativeFormatter(locale).format(Math.trunc(seconds / size), unit)
}

/** Before the year 1, a year needs its era. */
const firstYearMs = Date.parse('0001-01-01T00:00:00Z')

const units = [
  ['year', 31_556_952],
  ['month', 2_629_746],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

const dateFormatter = createBoundedCache(mostLocales, (key) => {
  const [locale, era] = key.split(' ')
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    ...(era !== undefined && { era: 'short' }),
  })
})

const relativeFormatter = createBoundedCache(mostLocales, (locale) => new Intl.RelativeTimeFormat(locale))
