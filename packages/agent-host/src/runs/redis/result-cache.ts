import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ToolOutcome } from '../../core/events.ts'
import { partSchema } from '../../core/message-schema.ts'
import type { Redis } from '../../redis/connection.ts'
import type { ResultCache } from '../result-cache.ts'

const outcomeSchema: z.ZodType<ToolOutcome> = z.object({
  parts: z.array(partSchema),
  isError: z.boolean(),
  structured: z.unknown(),
  serverFailed: z.literal(true).exactOptional(),
})

/** Keeps results for all processes that share the Redis; it forgets each at its time. */
export function createRedisResultCache({ prefix, call }: Redis): ResultCache {
  // Arguments may be long, and are nobody's business who lists keys.
  const keyOf = (key: string): string => `${prefix}result:${createHash('sha256').update(key).digest('hex')}`
  return {
    async get(key) {
      const text = await call((client) => client.get(keyOf(key)))
      return text === null ? undefined : outcomeSchema.parse(JSON.parse(text))
    },
    async set(key, outcome, ttlMs) {
      const expiration = { type: 'PX' as const, value: Math.max(1, Math.ceil(ttlMs)) }
      await call((client) => client.set(keyOf(key), JSON.stringify(outcome), { expiration }))
    },
  }
}
