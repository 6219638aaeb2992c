import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimiter, type RateLimiter, type RateVerdict } from '../../../src/transports/http/rate-limiter.ts'

const perMinute = fc.integer({ min: 1, max: 200 })
/** Milliseconds from one request to the next. */
const waits = fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 300 })

interface Taken {
  limiter: RateLimiter
  wait(ms: number): void
  /** When requests were let in, in milliseconds. */
  times: number[]
}

/** A limiter that was asked after each of these waits. */
function afterWaits(limit: number, gaps: readonly number[]): Taken {
  let at = 0
  const limiter = createRateLimiter(() => at)
  const wait = (ms: number): void => {
    at += ms
  }
  const times: number[] = []
  for (const gap of gaps) {
    wait(gap)
    if ((limiter.take('a', limit) as RateVerdict).allowed) times.push(at)
  }
  return { limiter, wait, times }
}

test('no stretch of time sees more than a full bucket and what flows in meanwhile', () => {
  fc.assert(
    fc.property(perMinute, waits, (limit, gaps) => {
      const { times } = afterWaits(limit, gaps)
      for (const [first, start] of times.entries()) {
        const end = times.at(-1) ?? start
        expect(times.length - first).toBeLessThanOrEqual(limit + ((end - start) * limit) / 60_000 + 1e-6)
      }
    }),
  )
})

test('who waits as long as told is let in, and who waits a little less is not', () => {
  fc.assert(
    fc.property(perMinute, waits, (limit, gaps) => {
      const letIn = [0, 1].map((early) => {
        const { limiter, wait } = afterWaits(limit, gaps)
        while ((limiter.take('a', limit) as RateVerdict).allowed);
        const { retryAfterMs } = limiter.take('a', limit) as RateVerdict
        wait(retryAfterMs - early + 1e-6)
        return (limiter.take('a', limit) as RateVerdict).allowed
      })
      expect(letIn).toEqual([true, false])
    }),
  )
})

test('what remains is what may follow at once, and all of it is there again after the reset', () => {
  fc.assert(
    fc.property(perMinute, waits, (limit, gaps) => {
      const { limiter, wait } = afterWaits(limit, gaps)
      const { remaining } = limiter.take('a', limit) as RateVerdict
      const following = Array.from({ length: remaining + 1 }, () => limiter.take('a', limit) as RateVerdict)
      expect(following.map(({ allowed }) => allowed)).toEqual([...Array.from({ length: remaining }, () => true), false])
      const resetMs = following.at(-1)?.resetMs ?? 0
      expect(resetMs).toBeLessThanOrEqual(60_000 + 1e-6)
      wait(resetMs + 1e-6)
      expect(limiter.take('a', limit)).toMatchObject({ allowed: true, remaining: limit - 1 })
    }),
  )
})

test('names have buckets of their own', () => {
  const limiter = createRateLimiter(() => 0)
  expect(limiter.take('a', 1)).toMatchObject({ allowed: true })
  expect(limiter.take('a', 1)).toMatchObject({ allowed: false, retryAfterMs: 60_000 })
  expect(limiter.take('b', 1)).toMatchObject({ allowed: true })
})
