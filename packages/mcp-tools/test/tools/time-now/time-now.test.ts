import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ToolError } from '../../../src/errors.ts'
import { timeNow } from '../../../src/tools/time-now/time-now.ts'
import { runs } from '../../../../../test/scale.ts'

const call = { signal: new AbortController().signal }
const winter = Date.UTC(2026, 0, 15, 3, 4, 5, 678)
const summer = Date.UTC(2026, 6, 15, 3, 4, 5, 678)

beforeEach(() => {
  vi.useFakeTimers({ now: winter, toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

async function ask(timezone?: string) {
  const { structured } = await timeNow.run(timezone === undefined ? {} : { timezone }, call)
  return structured
}

/** What a call fails with, or undefined. */
async function failure(timezone: string): Promise<unknown> {
  return timeNow.run({ timezone }, call).then(
    () => undefined,
    (error: unknown) => error,
  )
}

test('tells everything about the moment', async () => {
  const { structured, content } = await timeNow.run({ timezone: 'asia/seoul' }, call)
  expect(structured).toEqual({
    iso: '2026-01-15T12:04:05.678+09:00',
    timezone: 'Asia/Seoul',
    timezone_source: 'argument',
    utc_offset: '+09:00',
    weekday: 'Thursday',
    is_dst: false,
    epoch_ms: winter,
  })
  expect(content).toEqual([{ type: 'text', text: '2026-01-15T12:04:05.678+09:00 Thursday (Asia/Seoul, UTC+09:00)' }])
})

test.each([
  ['ROK', 'Asia/Seoul', '+09:00'],
  ['AMERICA/new_york', 'America/New_York', '-05:00'],
  ['asia/calcutta', 'Asia/Kolkata', '+05:30'],
  ['Asia/Kolkata', 'Asia/Kolkata', '+05:30'],
  ['Europe/Kiev', 'Europe/Kyiv', '+02:00'],
  ['Asia/Kathmandu', 'Asia/Kathmandu', '+05:45'],
  ['  utc ', 'UTC', '+00:00'],
  ['GMT', 'UTC', '+00:00'],
  ['Z', 'UTC', '+00:00'],
  ['+09:00', 'UTC+9', '+09:00'],
  ['-0330', 'UTC-3:30', '-03:30'],
  ['\u22123', 'UTC-3', '-03:00'],
  ['UTC+5:45', 'UTC+5:45', '+05:45'],
  ['gmt-8', 'UTC-8', '-08:00'],
  ['Etc/GMT+9', 'Etc/GMT+9', '-09:00'],
  ['+14:00', 'UTC+14', '+14:00'],
])('%s is %s, %s', async (timezone, name, offset) => {
  expect(await ask(timezone)).toMatchObject({ timezone: name, utc_offset: offset, epoch_ms: winter })
})

test('knows daylight saving time', async () => {
  expect(await ask('Europe/Berlin')).toMatchObject({ is_dst: false, utc_offset: '+01:00' })
  vi.setSystemTime(summer)
  expect(await ask('Europe/Berlin')).toMatchObject({ is_dst: true, utc_offset: '+02:00', weekday: 'Wednesday' })
})

test.each([
  ['Seoul', 'Asia/Seoul'],
  ['KST', 'Asia/Seoul'],
  ['서울', 'Asia/Seoul'],
  ['New York', 'America/New_York'],
  ['뉴욕', 'America/New_York'],
  ['Asia/Seol', 'Asia/Seoul'],
  ['Berln', 'Europe/Berlin'],
  ['Tokio', 'Asia/Tokyo'],
  ['cst', 'America/Chicago or Asia/Shanghai'],
  ['BST', 'Europe/London or Asia/Dhaka'],
])('%s is unknown, and %s is suggested', async (timezone, suggestion) => {
  expect(await failure(timezone)).toMatchObject({
    code: 'invalid_timezone',
    message: expect.stringContaining(`Did you mean ${suggestion}`),
  })
})

test.each(['Mars/Base', 'x', '+25:00', '+14:30', '+9:99', 'constructor', '__proto__', '../../etc/localtime'])(
  '%s is unknown, with advice where nothing is near',
  async (timezone) => {
    expect(await failure(timezone)).toMatchObject({
      code: 'invalid_timezone',
      message: expect.stringMatching(/^`timezone` ".*" is not a time zone\. (?:Use an IANA name|Did you mean [A-Z])/),
    })
  },
)

test.each([
  { timezone: 9 },
  { timezone: '' },
  { timezone: 'x'.repeat(65) },
  { zone: 'UTC' },
  { timezone: null },
  [],
  'x',
])('arguments that do not fit: %j', async (args) => {
  await expect(timeNow.run(args, call)).rejects.toMatchObject({ code: 'invalid_arguments' })
})

test('whatever is asked is answered or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 64 }), async (timezone) => {
      const error = await failure(timezone)
      expect(error === undefined || error instanceof ToolError).toBe(true)
    }),
    { numRuns: runs(2_000) },
  )
})

test('every zone is answered, and by a name that means the same zone', async () => {
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const { timezone, iso } = (await ask(zone)) as { timezone: string; iso: string }
    expect(await ask(timezone)).toMatchObject({ timezone, iso })
  }
})

test.each([
  ['Asia/Seoul', 'Asia/Seoul', '+09:00'],
  [':/etc/localtime', undefined, undefined],
  ['KST-9', 'UTC+9', '+09:00'],
  ['Foo/Bar', 'UTC', '+00:00'],
  ['', 'UTC', '+00:00'],
  ['EST5EDT', 'America/New_York', '-05:00'],
])('on a machine whose TZ is %j', async (tz, name, offset) => {
  const module = fileURLToPath(new URL('../../../src/tools/time-now/read-clock.ts', import.meta.url))
  const script = `import { readClock } from ${JSON.stringify(module)}; console.log(JSON.stringify(readClock(${winter})))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TZ: tz },
  })
  const reading = JSON.parse(stdout) as Record<string, unknown>
  expect(reading).toMatchObject({ timezone_source: 'machine', epoch_ms: winter })
  expect(reading.timezone).toBe(name ?? reading.timezone)
  expect(reading.utc_offset).toBe(offset ?? reading.utc_offset)
})
