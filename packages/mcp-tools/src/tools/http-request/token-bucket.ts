import type { Clock } from './clock.ts'

/** Lets so many through a second, and after a pause a few at once. */
export interface TokenBucket {
  /**
   * Milliseconds to wait for a turn, which is then taken; undefined, and nothing is taken, where that is more than
   * `longestMs`.
   */
  take(longestMs: number): number | undefined
  /** Whether nobody waits and every token is back. */
  isFull(): boolean
}

/** A full bucket of `burst` tokens that grows by `perSecond`. */
export function createTokenBucket(perSecond: number, burst: number, clock: Clock): TokenBucket {
  // Below zero it counts those who have a turn in the future.
  let tokens = burst
  let filledAt = clock.now()
  const refill = () => {
    const now = clock.now()
    // A clock that was set back gives nothing, and takes nothing.
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) / 1_000) * perSecond)
    filledAt = now
  }
  return {
    take(longestMs) {
      refill()
      const waitMs = tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000)
      if (waitMs > longestMs) return undefined
      tokens -= 1
      return waitMs
    },
    isFull() {
      refill()
      return tokens >= burst
    },
  }
}
