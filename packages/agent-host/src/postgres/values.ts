import { z } from 'zod'

/** A timestamptz(3), in ISO 8601. */
export const time = z.date().transform((date) => date.toISOString())

/** JSON in a text column. */
export const json = z.string().transform((text): unknown => JSON.parse(text))
