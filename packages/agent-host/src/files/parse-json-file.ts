import type { z } from 'zod'

/** What is in a file of JSON; `undefined` where it is not what it should be. */
export function parseJsonFile<Schema extends z.ZodType>(bytes: Buffer, schema: Schema): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(bytes.toString())).data
  } catch {
    return undefined
  }
}
