/** What a limit says to one request. */
export interface RateVerdict {
  allowed: boolean
  /** Whole requests that may follow at once. */
  remaining: number
  /** Milliseconds until a request is allowed again; 0 where one is allowed now. */
  retryAfterMs: number
  /** Milliseconds until everything that was taken is there again. */
  resetMs: number
}

/** Counts requests per name. Counts kept in this process hold for it alone; a shared store makes them hold for all. */
export interface RateLimiter {
  /** Takes one request of `perMinute` from what this name may still make, where there is one. */
  take(name: string, perMinute: number): Promise<RateVerdict> | RateVerdict
}

const minuteMs = 60_000

/**
 * A token bucket for each name: full at first, it holds as many requests as a minute allows, and fills evenly. `now` is
 * in milliseconds, and must not jump back.
 */
export function createRateLimiter(now: () => number = () => performance.now()): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    take(name, perMinute) {
      const at = now()
      const bucket = buckets.get(name) ?? { tokens: perMinute, at }
      buckets.set(name, bucket)
      bucket.tokens = Math.min(perMinute, bucket.tokens + ((at - bucket.at) * perMinute) / minuteMs)
      bucket.at = at
      const allowed = bucket.tokens >= 1
      if (allowed) bucket.tokens--
      return toVerdict(allowed, bucket.tokens, perMinute)
    },
  }
}

/** What a bucket says that has so many requests left, of as many as a minute allows. */
export function toVerdict(allowed: boolean, tokens: number, perMinute: number): RateVerdict {
  const until = (wanted: number): number => (Math.max(0, wanted - tokens) * minuteMs) / perMinute
  return { allowed, remaining: Math.floor(tokens), retryAfterMs: until(1), resetMs: until(perMinute) }
}
