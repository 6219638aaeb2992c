import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'

/** What a config file keeps of a key: enough to know it again, not enough to use it. */
const apiKey = z.strictObject({
  /** Whose it is; stands in logs. */
  name: z.string().regex(/^[\w.@-]{1,64}$/),
  /** As {@link hashOf} makes it. */
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Default: no limit. */
  requestsPerMinute: z.number().int().positive().optional(),
})

export type ApiKey = z.output<typeof apiKey>

/** A list of keys with a name each. */
export const apiKeyList = z
  .array(apiKey)
  .refine((keys) => new Set(keys.map(({ name }) => name)).size === keys.length, 'each name may be there once')

/** The same, or its JSON as the environment has it. */
export const apiKeys = z.union([apiKeyList, z.string().transform(fromJson).pipe(apiKeyList)])

/** A name that a key may have, in words. */
export const keyNameRule = 'letters, digits and . _ @ -, at most 64'

export function isKeyName(name: string): boolean {
  return apiKey.shape.name.safeParse(name).success
}

/** A new key: `ah-` and 256 random bits. It is nowhere but in what this returns. */
export function createKey(): string {
  return `ah-${randomBytes(32).toString('base64url')}`
}

/**
 * What is kept in place of a key. One round of SHA-256 is right here: slow hashes make up for passwords that can be
 * guessed, and nobody guesses 256 random bits.
 */
export function hashOf(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

function fromJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' })
    return z.NEVER
  }
}
