import fc from 'fast-check'
import { FixedOffsetZone, IANAZone } from 'luxon'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { askTime, failureOf } from '../../support/ask-time.ts'
import { runs } from '../../../../../test/scale.ts'

/** In Seoul it is already the 22nd. */
const now = Date.UTC(2026, 10, 21, 18, 30)
const furthest = 8.64e15 - 2 * 86_400_000

beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['now', '2026-11-22T03:30:00.000+09:00'],
  [0, '1970-01-01T09:00:00.000+09:00'],
  ['0', '1970-01-01T09:00:00.000+09:00'],
  ['15', '1970-01-01T09:00:15.000+09:00'],
  [-1, '1970-01-01T08:59:59.000+09:00'],
  [1_795_262_929, '2026-11-21T21:08:49.000+09:00'],
  ['1795262929', '2026-11-21T21:08:49.000+09:00'],
  ['1795262929.5', '2026-11-21T21:08:49.500+09:00'],
  [1_795_262_929_553, '2026-11-21T21:08:49.553+09:00'],
  ['1795262929553', '2026-11-21T21:08:49.553+09:00'],
  ['2026-11-21', '2026-11-21T00:00:00.000+09:00'],
  ['20261121', '2026-11-21T00:00:00.000+09:00'],
  ['20261121T0905', '2026-11-21T09:05:00.000+09:00'],
  ['2026-W47-6', '2026-11-21T00:00:00.000+09:00'],
  ['2026-325', '2026-11-21T00:00:00.000+09:00'],
  ['2026-11', '2026-11-01T00:00:00.000+09:00'],
  ['2026-11-21T15', '2026-11-21T15:00:00.000+09:00'],
  ['2026-11-21T15:04', '2026-11-21T15:04:00.000+09:00'],
  ['2026-11-21 15:04:05', '2026-11-21T15:04:05.000+09:00'],
  ['2026-11-21T15:04:05,6789', '2026-11-21T15:04:05.678+09:00'],
  ['2026-11-21 3pm', '2026-11-21T15:00:00.000+09:00'],
  ['2026-11-21T24:00', '2026-11-22T00:00:00.000+09:00'],
  ['2026-11-21T15:04Z', '2026-11-22T00:04:00.000+09:00'],
  ['2026-11-21t15:04:05.678z', '2026-11-22T00:04:05.678+09:00'],
  ['2026-11-21T15:04-05:00', '2026-11-22T05:04:00.000+09:00'],
  ['2026-11-21 15:04 -0500', '2026-11-22T05:04:00.000+09:00'],
  ['2026-11-21T15:04+08:27:52', '2026-11-21T15:36:08.000+09:00'],
  ['2026-11-21T15:04-05:00[America/New_York]', '2026-11-22T05:04:00.000+09:00'],
  ['2026-11-21T15:04[America/New_York]', '2026-11-22T05:04:00.000+09:00'],
  ['15:04', '2026-11-22T15:04:00.000+09:00'],
  ['T15:04', '2026-11-22T15:04:00.000+09:00'],
  ['3:04 p.m.', '2026-11-22T15:04:00.000+09:00'],
  ['12am', '2026-11-22T00:00:00.000+09:00'],
  ['12:30 PM', '2026-11-22T12:30:00.000+09:00'],
  ['15:04Z', '2026-11-22T00:04:00.000+09:00'],
  ['+002026-11-21T15:04', '2026-11-21T15:04:00.000+09:00'],
])('%j is %s', async (at, iso) => {
  expect((await askTime({ timezone: 'Seoul', at })).iso).toBe(iso)
})

test('a local time is one of `at_timezone`, with the date of today there', async () => {
  expect(await askTime({ at: '15:00', at_timezone: '서울', timezone: 'New York' })).toMatchObject({
    iso: '2026-11-22T01:00:00.000-05:00',
    from_now: 'in 11 hours',
    seconds_from_now: 41_400,
  })
})

test("a local time may be one of the operator's zone", async () => {
  const answer = await askTime({ at: '2026-11-22T15:00', at_timezone: 'local', timezone: 'UTC' }, { timezone: 'Seoul' })
  expect(answer.iso).toBe('2026-11-22T06:00:00.000+00:00')
})

test.each([
  'yesterday',
  '2026',
  '1500',
  '25:00',
  '24:01',
  '13pm',
  '0am',
  '2026-13-01',
  '2026-02-30',
  '2026-11-21T15:60',
  '2026-11-21T15:04+',
  '15:00 tomorrow',
  '-',
  '[Asia/Seoul]',
  '١٥:٠٠',
  '9'.repeat(17),
  '+275760-09-12',
  '-271821-04-20T00:00:00Z',
  '+999999-01-01',
  1e300,
])('%j is no moment', async (at) => {
  expect(await failureOf({ at })).toMatchObject({ code: 'invalid_time', message: expect.stringMatching(/^`at` /) })
})

test.each([
  ['America/New_York', '2026-11-01T01:30', '-04:00', '-05:00'],
  ['Europe/Berlin', '2026-10-25T02:00', '+02:00', '+01:00'],
  ['Australia/Lord_Howe', '2026-04-05T01:45', '+11:00', '+10:30'],
])('in %s %s came twice: %s and %s', async (timezone, at, first, second) => {
  const answer = await askTime({ timezone, at })
  expect(answer).toMatchObject({ utc_offset: first, local_time: 'ambiguous' })
  expect(answer.readings?.map((reading) => reading.utc_offset)).toEqual([first, second])
  expect(answer.readings?.[0]).toMatchObject({ iso: answer.iso, epoch_ms: answer.epoch_ms })
  expect(answer.note).toBe(
    `${at}:00.000 came twice in ${timezone}, as the clocks were put back: ` +
      `taken as ${answer.readings?.[0]?.iso}, it may also mean ${answer.readings?.[1]?.iso}.`,
  )
})

test.each([
  ['America/New_York', '2026-03-08T02:30', '2026-03-08T03:30:00.000-04:00', '2026-03-08T01:30:00.000-05:00'],
  ['Europe/Berlin', '2026-03-29T02:00', '2026-03-29T03:00:00.000+02:00', '2026-03-29T01:00:00.000+01:00'],
  ['Pacific/Apia', '2011-12-30T12:00', '2011-12-31T12:00:00.000+14:00', '2011-12-29T12:00:00.000-10:00'],
])('in %s %s never came: %s and %s', async (timezone, at, first, second) => {
  const answer = await askTime({ timezone, at })
  expect(answer).toMatchObject({ iso: first, local_time: 'skipped', note: expect.stringContaining('never came') })
  expect(answer.readings?.map(({ iso }) => iso)).toEqual([first, second])
})

test('times just beside a change are not in doubt', async () => {
  for (const at of ['2026-11-01T00:59:59.999', '2026-11-01T02:00', '2026-03-08T01:59:59.999', '2026-03-08T03:00']) {
    const answer = await askTime({ timezone: 'America/New_York', at })
    expect([answer.iso.slice(0, at.length), answer.local_time, answer.readings]).toEqual([at, undefined, undefined])
  }
})

test.each([
  ['America/New_York', '2026-06-01', '2026-11-01T01:00:00.000-05:00', '-04:00', '-05:00'],
  ['Asia/Seoul', '1987-01-01', '1987-05-10T03:00:00.000+10:00', '+09:00', '+10:00'],
  ['Africa/Casablanca', '2019-01-01', '2019-05-05T02:00:00.000+00:00', '+01:00', '+00:00'],
])('the offset of %s after %s changes at %s', async (timezone, at, iso, before, after) => {
  const { next_transition: next } = await askTime({ timezone, at })
  expect(next).toEqual({ iso, epoch_ms: Date.parse(iso), offset_before: before, offset_after: after })
})

test.each([
  ['Seoul', '1800-01-01', '1800-01-01T00:00:00.000+08:27:52', 'Wednesday, January 1, 1800 at 12:00 AM'],
  ['Seoul', '0000-01-01', '0000-01-01T00:00:00.000+08:27:52', 'Saturday, January 1, 1 BC at 12:00 AM'],
  ['UTC', '-000001-12-31T12:00', '-000001-12-31T12:00:00.000+00:00', 'Friday, December 31, 2 BC at 12:00 PM'],
  ['+14', '+275760-09-10', '+275760-09-10T00:00:00.000+14:00', 'Wednesday, September 10, 275760 at 12:00 AM'],
  ['New York', furthest, '+275760-09-10T20:00:00.000-04:00', 'Wednesday, September 10, 275760 at 8:00 PM'],
  ['Seoul', -furthest, '-271821-04-22T08:27:52.000+08:27:52', 'Thursday, April 22, 271822 BC at 8:27 AM'],
])('in %s %j is %s', async (timezone, at, iso, text) => {
  expect(await askTime({ timezone, at })).toMatchObject({ iso, text })
})

const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'), 'UTC', '+05:45', '-11:30')

test('what is told can be asked: the ISO text means the same moment, and its local part may', async () => {
  const moment = fc.oneof(fc.integer({ min: -furthest, max: furthest }), fc.integer({ min: -4e12, max: 4e12 }))
  await fc.assert(
    fc.asyncProperty(anyZone, moment, async (timezone, epochMs) => {
      const at = new Date(epochMs).toISOString()
      const told = await askTime({ timezone, at })
      expect(told.epoch_ms).toBe(epochMs)
      expect((await askTime({ at: told.iso })).epoch_ms).toBe(epochMs)
      const local = told.iso.slice(0, -told.utc_offset.length)
      const read = await askTime({ timezone, at: local })
      const meant = read.readings?.map((reading) => reading.epoch_ms) ?? [read.epoch_ms]
      expect(meant).toContain(epochMs)
      expect(read.local_time).not.toBe('skipped')
    }),
    { numRuns: runs(5_000) },
  )
})

test('offsets are those of luxon, and the next change is one', async () => {
  await fc.assert(
    fc.asyncProperty(anyZone, fc.integer({ min: -3e12, max: 4e12 }), async (timezone, at) => {
      const told = await askTime({ timezone, at: new Date(at).toISOString() })
      const zone = IANAZone.isValidZone(timezone)
        ? IANAZone.create(timezone)
        : FixedOffsetZone.parseSpecifier(`UTC${timezone}`)
      expect(Date.parse(`${told.iso.slice(0, 23)}Z`) - at).toBeCloseTo(zone.offset(at) * 60_000, 3)
      const { next_transition: next } = told
      if (next === undefined) return
      const [before, after] = [next.epoch_ms - 1, next.epoch_ms].map((ms) => new Date(ms).toISOString())
      expect((await askTime({ timezone, at: before })).utc_offset).toBe(told.utc_offset)
      expect(next.offset_before).toBe(told.utc_offset)
      expect((await askTime({ timezone, at: after })).utc_offset).toBe(next.offset_after)
      expect(next.offset_after).not.toBe(next.offset_before)
    }),
    { numRuns: runs(5_000) },
  )
})

test('whatever is given as a moment is one or is refused', async () => {
  const written = fc.stringMatching(/^[-+]?\d{1,8}[-TW: ]{0,2}\d{0,4}[-:.,]?\d{0,4}[ Zz+apm[\]-]{0,3}\d{0,4}$/)
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), written, fc.double({ noNaN: true, noDefaultInfinity: true })),
      async (at) => {
        const codes =
          typeof at === 'string' && (at.trim() === '' || at.trim().length > 64)
            ? ['invalid_arguments']
            : [undefined, 'invalid_time', 'invalid_timezone']
        expect(codes).toContain((await failureOf({ at }))?.code)
      },
    ),
    { numRuns: runs(10_000) },
  )
})
