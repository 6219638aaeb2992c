import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { askTime, failureOf, readTime } from '../../support/ask-time.ts'

const winter = Date.UTC(2026, 0, 15, 3, 4, 5, 678)
const summer = Date.UTC(2026, 6, 15, 3, 4, 5, 678)

beforeEach(() => {
  vi.useFakeTimers({ now: winter, toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

test('tells everything about the moment', async () => {
  expect(await askTime({ timezone: 'asia/seoul' })).toEqual({
    iso: '2026-01-15T12:04:05.678+09:00',
    timezone: 'Asia/Seoul',
    timezone_source: 'argument',
    utc_offset: '+09:00',
    abbreviation: 'KST',
    weekday: 'Thursday',
    is_dst: false,
    epoch_s: Math.floor(winter / 1_000),
    epoch_ms: winter,
    iso_week: 3,
    iso_week_year: 2026,
    day_of_year: 15,
    text: 'Thursday, January 15, 2026 at 12:04 PM',
    locale: 'en',
  })
})

test('tells a model the same', async () => {
  expect(await readTime({ timezone: 'Europe/Berlin' })).toBe(
    [
      '2026-01-15T04:04:05.678+01:00 Thursday (Europe/Berlin, UTC+01:00)',
      'Thursday, January 15, 2026 at 4:04 AM. CET, no daylight saving time; from 2026-03-29T03:00:00.000+02:00 on UTC+02:00.',
      'ISO week 2026-W03, day 15 of the year, epoch 1768446245.',
    ].join('\n'),
  )
  expect(await readTime({ timezone: '+05:45', at: winter + 3 * 86_400_000 })).toBe(
    [
      '2026-01-18T08:49:05.678+05:45 Sunday (UTC+5:45, UTC+05:45)',
      'Sunday, January 18, 2026 at 8:49 AM. No daylight saving time.',
      'ISO week 2026-W03, day 18 of the year, epoch 1768705445, in 3 days.',
    ].join('\n'),
  )
})

test('several zones stand beside each other, with how far apart they are', async () => {
  const answer = await askTime({ timezone: ['New York', 'Seoul', 'Asia/Kolkata'] })
  expect(answer).toMatchObject({ timezone: 'America/New_York', utc_offset: '-05:00' })
  const { locale: _, zones = [], ...first } = answer
  expect(zones[0]).toEqual({ ...first, hours_ahead_of_first: 0 })
  expect(zones).toMatchObject([
    { timezone: 'America/New_York', hours_ahead_of_first: 0 },
    { timezone: 'Asia/Seoul', iso: '2026-01-15T12:04:05.678+09:00', hours_ahead_of_first: 14 },
    { timezone: 'Asia/Kolkata', hours_ahead_of_first: 10.5 },
  ])
  expect(await readTime({ timezone: 'Seoul, New York, London' })).toBe(
    [
      '2026-01-15T12:04:05.678+09:00 Thursday (Asia/Seoul, UTC+09:00) Thursday, January 15, 2026 at 12:04 PM',
      '2026-01-14T22:04:05.678-05:00 Wednesday (America/New_York, UTC-05:00) ' +
        'Wednesday, January 14, 2026 at 10:04 PM, 14 hours behind Asia/Seoul',
      '2026-01-15T03:04:05.678+00:00 Thursday (Europe/London, UTC+00:00) ' +
        'Thursday, January 15, 2026 at 3:04 AM, 9 hours behind Asia/Seoul',
      'In Asia/Seoul: ISO week 2026-W03, day 15 of the year, epoch 1768446245.',
    ].join('\n'),
  )
})

test.each([
  [['Seoul', '서울', 'KST'], 'Asia/Seoul'],
  ['Seoul, South Korea', 'Asia/Seoul'],
  ['Toronto, Canada', 'America/Toronto'],
  ['Moscow, Russia', 'Europe/Moscow'],
])('%j is one zone, %s', async (timezone, name) => {
  const answer = await askTime({ timezone })
  expect([answer.timezone, answer.zones]).toEqual([name, undefined])
})

test('a country that is not the one of the place before it has several zones', async () => {
  const message = expect.stringContaining('"Canada" stands for several time zones. Did you mean America/Toronto')
  expect(await failureOf({ timezone: 'Seoul, Canada' })).toMatchObject({ code: 'invalid_timezone', message })
})

test.each([
  ['Europe/Berlin', winter, false, 'CET'],
  ['Europe/Berlin', summer, true, 'CEST'],
  ['Europe/London', winter, false, 'GMT'],
  ['Europe/London', summer, true, 'BST'],
  ['Europe/Dublin', summer, true, 'IST'],
  ['Europe/Guernsey', summer, true, undefined],
  ['Australia/Lord_Howe', winter, true, 'LHDT'],
  ['Australia/Lord_Howe', summer, false, 'LHST'],
  ['America/New_York', summer, true, 'EDT'],
  ['Australia/Sydney', winter, true, 'AEDT'],
  ['Pacific/Auckland', summer, false, 'NZST'],
  ['Asia/Tokyo', summer, false, 'JST'],
  ['Asia/Kolkata', summer, false, 'IST'],
  ['Africa/Lagos', summer, false, 'WAT'],
  ['America/Sao_Paulo', summer, false, 'BRT'],
  ['UTC', summer, false, 'UTC'],
  // Countries that gave themselves another offset for good.
  ['Europe/Istanbul', Date.UTC(2016, 11, 1), false, 'TRT'],
  ['America/Caracas', Date.UTC(2016, 6, 1), false, undefined],
  ['Asia/Pyongyang', Date.UTC(2018, 6, 1), false, undefined],
])('%s at %d: daylight saving time is %s, and it goes by %s', async (timezone, at, isDst, abbreviation) => {
  const answer = await askTime({ timezone, at })
  expect(answer.is_dst).toBe(isDst)
  expect(answer.abbreviation).toBe(abbreviation)
})

test.each([
  ['2024-12-30', 1, 2025, 365],
  ['2026-01-01', 1, 2026, 1],
  ['2027-01-03', 53, 2026, 3],
  ['2028-12-31', 52, 2028, 366],
])('%s is in ISO week %d of %d, day %d', async (at, week, weekYear, day) => {
  expect(await askTime({ timezone: 'Asia/Seoul', at })).toMatchObject({
    iso_week: week,
    iso_week_year: weekYear,
    day_of_year: day,
  })
})

test.each([
  ['ko', '2026년 1월 15일 목요일 오후 12:04', '3일 후'],
  ['ko_KR', '2026년 1월 15일 목요일 오후 12:04', '3일 후'],
  ['de', 'Donnerstag, 15. Januar 2026 um 12:04', 'in 3 Tagen'],
  ['ja', '2026年1月15日木曜日 12:04', '3 日後'],
])('in %s', async (locale, text, fromNow) => {
  expect((await askTime({ timezone: 'Asia/Seoul', locale })).text).toBe(text)
  expect(await askTime({ timezone: 'Asia/Seoul', locale, at: winter + 3 * 86_400_000 })).toMatchObject({
    from_now: fromNow,
    seconds_from_now: 259_200,
    locale: locale.replace('_', '-'),
  })
})

test.each([
  [{ timezone: 9 }, 'timezone'],
  [{ timezone: '' }, 'timezone'],
  [{ timezone: [] }, 'timezone'],
  [{ timezone: 'x'.repeat(401) }, 'timezone'],
  [{ timezone: Array.from({ length: 21 }, () => 'UTC') }, 'timezone'],
  [{ timezone: ['Seoul', 9] }, 'timezone'],
  [{ timezone: null }, 'timezone'],
  [{ zone: 'UTC' }, 'zone'],
  [{ at: true }, 'at'],
  [{ at: Number.NaN }, 'at'],
  [{ locale: 'Korean' }, 'locale'],
  [{ locale: 'xx' }, 'locale'],
  [{ locale: 'en\0' }, 'locale'],
  [[], ''],
  ['x', ''],
])('arguments that do not fit, %j, name the field', async (args, field) => {
  const failure = await failureOf(args)
  expect(failure).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining(field) })
})
