import * as z from 'zod/v4'
import { toLocale } from './human-text.ts'

const mostZones = 20

const zoneName = z.string().trim().min(1).max(64)

/** The input of `time_now`. */
export const timeInputSchema = z.strictObject({
  timezone: z
    .union([z.string().trim().min(1).max(400), z.array(zoneName).min(1).max(mostZones)])
    .optional()
    .describe('Zone or place: "Asia/Seoul", "Seoul", "서울", "+09:00". Several as an array: ["Seoul", "New York"]'),
  at: z
    .union([z.string().trim().min(1).max(64), z.number()])
    .optional()
    .describe(
      'The moment to tell instead of now: "2026-11-21T15:00" or "15:00" (local time), "2026-11-21T15:00Z", or epoch seconds',
    ),
  at_timezone: zoneName.optional().describe('Zone of a local time in `at`; the first of `timezone` where absent'),
  locale: z
    .string()
    .trim()
    .max(64)
    .transform((tag, context) => toLocale(tag) ?? refuse(tag, context))
    .default('en')
    .describe('Language of `text`, such as "en" or "ko"'),
})

function refuse(tag: string, context: z.RefinementCtx): never {
  context.addIssue(`${JSON.stringify(tag)} is not a language tag (BCP 47) known here; use one such as "en" or "ko-KR"`)
  return z.NEVER
}

/** What a call of `time_now` asks for. */
export type TimeInput = z.output<typeof timeInputSchema>

const offset = z.string().describe('Such as +09:00')

const readingShape = {
  iso: z.string().describe('ISO 8601 with the offset'),
  timezone: z.string().describe('The zone that was used'),
  timezone_source: z.enum(['argument', 'setting', 'machine']).describe('Where the zone came from'),
  utc_offset: offset,
  abbreviation: z.string().optional().describe('Such as KST, where one is in use'),
  weekday: z.string().describe('In English'),
  is_dst: z.boolean().describe('Whether daylight saving time is in force'),
  epoch_s: z.int().describe('Seconds since 1970-01-01T00:00:00Z'),
  epoch_ms: z.int().describe('Milliseconds since then'),
  iso_week: z.int(),
  iso_week_year: z.int().describe('The year that the week belongs to'),
  day_of_year: z.int(),
  next_transition: z
    .object({ iso: z.string(), epoch_ms: z.int(), offset_before: offset, offset_after: offset })
    .optional()
    .describe('The next change of the offset, where one comes within two years'),
  text: z.string().describe('Date and time in words, in the language of `locale`'),
}

/** The output of `time_now`: a reading in the first zone, and the rest. */
export const timeOutputSchema = z.object({
  ...readingShape,
  locale: z.string(),
  zones: z
    .array(z.object({ ...readingShape, hours_ahead_of_first: z.number() }))
    .optional()
    .describe('Every zone, where several were asked for, the first one too'),
  seconds_from_now: z.number().optional().describe('Where `at` was given; negative in the past'),
  from_now: z.string().optional().describe('The same in words'),
  local_time: z.enum(['ambiguous', 'skipped']).optional().describe('Where the local time in `at` is not just one'),
  readings: z
    .array(z.object({ iso: z.string(), utc_offset: offset, epoch_ms: z.int() }))
    .optional()
    .describe('Both moments it may mean; the first was taken'),
  note: z.string().optional(),
})

/** One moment, as the clock on a wall shows it. */
export type Reading = z.output<z.ZodObject<typeof readingShape>>

/** What it answers. */
export type TimeOutput = z.output<typeof timeOutputSchema>
