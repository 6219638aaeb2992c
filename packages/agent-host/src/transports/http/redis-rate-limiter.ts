import type { Redis } from '../../redis/connection.ts'
import { createScript } from '../../redis/script.ts'
import { type RateVerdict, toVerdict } from './rate-limiter.ts'

/** ARGV: requests a minute. Gives '1' or '0', and the requests that are left. */
const takeRequest = createScript(`
local most = tonumber(ARGV[1])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = now()
local tokens = tonumber(bucket[1] or most)
tokens = math.min(most, tokens + math.max(0, at - (tonumber(bucket[2]) or at)) * most / 60000)
local allowed = tokens >= 1
if allowed then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', text(at))
redis.call('PEXPIRE', KEYS[1], 60000)
return { allowed and '1' or '0', string.format('%.9f', tokens) }
`)

/** A token bucket for each name, as in one process, which all that share the Redis take from. */
export function createRedisRateLimiter(redis: Redis): {
  take(name: string, perMinute: number): Promise<RateVerdict>
} {
  return {
    async take(name, perMinute) {
      const [allowed, left] = await redis.run(takeRequest, [`${redis.prefix}rate:${name}`], [perMinute])
      return toVerdict(allowed === '1', Number(left), perMinute)
    },
  }
}
