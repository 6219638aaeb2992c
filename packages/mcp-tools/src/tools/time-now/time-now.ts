import * as z from 'zod/v4'
import { defineTool } from '../tool.ts'

/** The current time, in any zone. */
export const timeNow = defineTool({
  name: 'time_now',
  title: 'Current time',
  description:
    'Returns the current date and time. Give `timezone` when the user means a certain place; ' +
    'without it the answer is in the zone of the machine this runs on.',
  input: z.strictObject({
    timezone: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .optional()
      .describe('IANA time zone such as "Asia/Seoul" or "America/New_York", or a UTC offset such as "+09:00"'),
  }),
  output: z.object({
    iso: z.string().describe('ISO 8601 with the offset'),
    timezone: z.string().describe('The zone that was used'),
    timezone_source: z.enum(['argument', 'machine']).describe('Where the zone came from'),
    utc_offset: z.string().describe('Such as +09:00'),
    weekday: z.string(),
    is_dst: z.boolean().describe('Whether daylight saving time is in force'),
    epoch_ms: z.int().describe('Milliseconds since 1970-01-01T00:00:00Z'),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async handler({ timezone }) {
    const { readClock } = await import('./read-clock.ts')
    const reading = readClock(Date.now(), timezone)
    const origin = reading.timezone_source === 'machine' ? ", this machine's zone" : ''
    const text = `${reading.iso} ${reading.weekday} (${reading.timezone}${origin}, UTC${reading.utc_offset})`
    return { structured: reading, content: [{ type: 'text', text }] }
  },
})
