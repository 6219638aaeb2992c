import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ambiguousNames } from '../../../src/tools/time-now/ambiguous-names.ts'
import { places } from '../../../src/tools/time-now/places.ts'
import { askTime, failureOf } from '../../support/ask-time.ts'
import { runs } from '../../../../../test/scale.ts'

const winter = Date.UTC(2026, 0, 15, 3, 4, 5, 678)

test.each([
  ['ROK', 'Asia/Seoul', '+09:00'],
  ['AMERICA/new_york', 'America/New_York', '-05:00'],
  ['america/new york', 'America/New_York', '-05:00'],
  ['asia/calcutta', 'Asia/Kolkata', '+05:30'],
  ['Asia/Kolkata', 'Asia/Kolkata', '+05:30'],
  ['Europe/Kiev', 'Europe/Kyiv', '+02:00'],
  ['Asia/Kathmandu', 'Asia/Kathmandu', '+05:45'],
  ['Etc/GMT+9', 'Etc/GMT+9', '-09:00'],
  ['  utc ', 'UTC', '+00:00'],
  ['GMT', 'UTC', '+00:00'],
  ['Z', 'UTC', '+00:00'],
  ['+09:00', 'UTC+9', '+09:00'],
  ['-0330', 'UTC-3:30', '-03:30'],
  ['\u22123', 'UTC-3', '-03:00'],
  ['UTC+5:45', 'UTC+5:45', '+05:45'],
  ['gmt-8', 'UTC-8', '-08:00'],
  ['-00:30', 'UTC-0:30', '-00:30'],
  ['+14:00', 'UTC+14', '+14:00'],
  ['KST', 'Asia/Seoul', '+09:00'],
  ['jst', 'Asia/Tokyo', '+09:00'],
  ['CET', 'Europe/Brussels', '+01:00'],
  ['CEST', 'Europe/Paris', '+01:00'],
  ['PDT', 'America/Los_Angeles', '-08:00'],
  ['Seoul', 'Asia/Seoul', '+09:00'],
  ['서울', 'Asia/Seoul', '+09:00'],
  ['서울 시간', 'Asia/Seoul', '+09:00'],
  ['한국 표준시', 'Asia/Seoul', '+09:00'],
  ['Korea Standard Time', 'Asia/Seoul', '+09:00'],
  ['대한민국', 'Asia/Seoul', '+09:00'],
  ['New York', 'America/New_York', '-05:00'],
  ['new_york', 'America/New_York', '-05:00'],
  ['NEW  YORK', 'America/New_York', '-05:00'],
  ['뉴욕', 'America/New_York', '-05:00'],
  ['Pacific time', 'America/Los_Angeles', '-08:00'],
  ['São Paulo', 'America/Sao_Paulo', '-03:00'],
  ['St. John’s', 'America/St_Johns', '-03:30'],
  ['Port au Prince', 'America/Port-au-Prince', '-05:00'],
  ['Zürich', 'Europe/Zurich', '+01:00'],
  ['Mumbai', 'Asia/Kolkata', '+05:30'],
  ['호치민', 'Asia/Ho_Chi_Minh', '+07:00'],
  ['Beijing', 'Asia/Shanghai', '+08:00'],
  ['Saigon', 'Asia/Ho_Chi_Minh', '+07:00'],
  ['Singapore', 'Asia/Singapore', '+08:00'],
])('%s is %s, %s', async (timezone, name, offset) => {
  expect(await askTime({ timezone, at: winter })).toMatchObject({
    timezone: name,
    utc_offset: offset,
    timezone_source: 'argument',
    epoch_ms: winter,
  })
})

test.each([
  ['EST', 'America/New_York or America/Panama'],
  ['cst', 'America/Chicago or Asia/Shanghai'],
  ['IST', 'Asia/Kolkata or Europe/Dublin or Asia/Jerusalem'],
  ['BST', 'Europe/London or Asia/Dhaka'],
  ['PST', 'America/Los_Angeles or Asia/Manila'],
  ['Eastern Standard Time', 'America/New_York'],
  ['USA', 'America/New_York or America/Chicago'],
  ['미국', 'America/New_York or America/Chicago'],
  ['Georgia', 'America/New_York or Asia/Tbilisi'],
  ['San Jose', 'America/Los_Angeles or America/Costa_Rica'],
])('%s stands for several zones: %s', async (timezone, candidates) => {
  expect(await failureOf({ timezone })).toMatchObject({
    code: 'invalid_timezone',
    message: expect.stringContaining(
      `\`timezone\` ${JSON.stringify(timezone)} stands for several time zones. Did you mean ${candidates}`,
    ),
  })
})

test.each([
  ['Asia/Seol', 'Asia/Seoul'],
  ['Seul', 'Asia/Seoul'],
  ['Berln', 'Europe/Berlin'],
  ['Tokio', 'Asia/Tokyo'],
  ['Los Angelos', 'America/Los_Angeles'],
  ['로스엔젤레스', 'America/Los_Angeles'],
  ['Barcelonna', 'Europe/Madrid'],
])('%s is unknown, and %s is suggested', async (timezone, suggestion) => {
  expect(await failureOf({ timezone })).toMatchObject({
    code: 'invalid_timezone',
    message: expect.stringContaining(`${JSON.stringify(timezone)} is not a time zone. Did you mean ${suggestion}`),
  })
})

test.each([
  'Mars/Base',
  'x',
  '+25:00',
  '+14:30',
  '+9:99',
  'constructor',
  '__proto__',
  '../../etc/localtime',
  ',',
  '""',
])('%s is unknown, with advice where nothing is near', async (timezone) => {
  expect(await failureOf({ timezone })).toMatchObject({
    code: 'invalid_timezone',
    message: expect.stringMatching(/^`timezone` ".*" is not a time zone\. (?:Use an IANA name|Did you mean [A-Z])/),
  })
})

test('a zone of a local time that is unknown is named by its field', async () => {
  const failure = await failureOf({ at: '15:00', at_timezone: 'Nowhere', timezone: 'Seoul' })
  expect(failure?.message).toMatch(/^`at_timezone` "Nowhere"/)
  expect((await failureOf({ at: '2026-01-15T15:00[Nowhere]' }))?.message).toMatch(/^`at` "Nowhere"/)
})

test('every name in the tables means a zone that exists, and no name two', async () => {
  const names = places.flatMap(([zone, ...lists]) =>
    lists.flatMap((list) =>
      list
        .split(', ')
        .filter((name) => name !== '')
        .map((name) => [name, zone] as const),
    ),
  )
  expect(names.length).toBeGreaterThan(500)
  expect(new Set(names.map(([name]) => name)).size).toBe(names.length)
  for (const [name, zone] of names) {
    expect([name, (await askTime({ timezone: name })).timezone]).toEqual([name, zone])
  }
  for (const [name, zones] of Object.entries(ambiguousNames)) {
    for (const zone of zones) expect((await askTime({ timezone: zone })).timezone).toBe(zone)
    expect((await failureOf({ timezone: name }))?.message).toContain(zones.join(' or '))
  }
})

test('every zone is answered by its name and its city, and by a name that means the same zone', async () => {
  const at = winter
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const { timezone, iso } = await askTime({ timezone: zone, at })
    expect(await askTime({ timezone, at })).toMatchObject({ timezone, iso })
    const city = zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ')
    const failure = await failureOf({ timezone: city, at })
    const meant = failure?.message ?? (await askTime({ timezone: city, at })).timezone
    expect([city, meant]).toEqual([city, expect.stringContaining(timezone)])
  }
})

test('whatever is asked is answered or refused', async () => {
  const codes = ['invalid_timezone', 'invalid_arguments', undefined]
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 64, unit: 'binary' }), async (timezone) => {
      if (timezone.trim() === '') return
      expect(codes).toContain((await failureOf({ timezone }))?.code)
    }),
    { numRuns: runs(2_000) },
  )
})

test.each([
  ['Seoul', 'Asia/Seoul'],
  ['뉴욕', 'America/New_York'],
])('the setting %s is used where a call names no zone', async (setting, name) => {
  const options = { timezone: setting }
  for (const args of [{}, { timezone: 'local' }, { timezone: ['Local'] }]) {
    expect(await askTime(args, options)).toMatchObject({ timezone: name, timezone_source: 'setting' })
  }
  expect(await askTime({ timezone: 'UTC' }, options)).toMatchObject({ timezone: 'UTC', timezone_source: 'argument' })
})

test.each([
  ['Asia/Seoul', 'Asia/Seoul', '+09:00'],
  [':/etc/localtime', undefined, undefined],
  ['KST-9', 'UTC+9', '+09:00'],
  ['Foo/Bar', 'UTC', '+00:00'],
  ['', 'UTC', '+00:00'],
  ['EST5EDT', 'America/New_York', '-05:00'],
  ['EST', 'America/Panama', '-05:00'],
])('on a machine whose TZ is %j', async (tz, name, offset) => {
  const module = fileURLToPath(new URL('../../../src/tools/time-now/time-now.ts', import.meta.url))
  const script = `import { createTimeNow } from ${JSON.stringify(module)}
    const { structured } = await createTimeNow().run({ at: ${winter} }, {})
    console.log(JSON.stringify(structured))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TZ: tz },
  })
  const reading = JSON.parse(stdout) as Record<string, unknown>
  expect(reading).toMatchObject({ timezone_source: 'machine', epoch_ms: winter })
  expect(reading.timezone).toBe(name ?? reading.timezone)
  expect(reading.utc_offset).toBe(offset ?? reading.utc_offset)
})
