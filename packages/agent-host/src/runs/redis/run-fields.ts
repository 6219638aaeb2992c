import { z } from 'zod'
import { type Run, runSchema } from '../run.ts'

const flag = z
  .string()
  .optional()
  .transform((text) => text === '1')
const json = z.string().transform((text): unknown => JSON.parse(text))

const fieldsSchema = z
  .object({ last: z.coerce.number(), expires: z.coerce.number(), cancelRequested: flag, error: json.exactOptional() })
  .loose()

/** The run in the fields of its hash; `undefined` where there are none. */
export function fromFields(fields: Record<string, string>): Run | undefined {
  if (fields.id === undefined) return undefined
  const { last, expires, ...run } = fieldsSchema.parse(fields)
  return runSchema.parse({ ...run, lastSequence: last, expiresAt: new Date(expires).toISOString() })
}

/** Fields and values in turn, of what is given. How far the log goes is for the log to say. */
export function toFields({ expiresAt, cancelRequested, error, ...run }: Partial<Run>): string[] {
  const fields = {
    ...run,
    lastSequence: undefined,
    expires: expiresAt === undefined ? undefined : String(Date.parse(expiresAt)),
    cancelRequested: cancelRequested ? '1' : undefined,
    error: error && JSON.stringify(error),
  }
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, value]))
}
