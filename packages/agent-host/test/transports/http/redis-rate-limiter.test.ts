import { expect, test } from 'vitest'
import { createRedisRateLimiter } from '../../../src/transports/http/redis-rate-limiter.ts'
import { withoutRedis } from '../../support/redis-server.ts'
import { shareRedis } from '../../support/redis-stores.ts'
import { describeWith } from '../../support/describe-with.ts'

describeWith('with Redis', [withoutRedis], () => {
  const { openTwo } = shareRedis()

  test('a name has so many requests a minute in all processes together, and others have their own', async () => {
    const [one, other] = openTwo().map(createRedisRateLimiter)
    if (!one || !other) throw new Error('nothing was opened')
    const verdicts = await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? one : other).take('ci', 5)))
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(5)
    const refused = verdicts.find(({ allowed }) => !allowed)
    expect(refused?.remaining).toBe(0)
    // A fifth of a minute for each, less what has passed.
    expect(refused?.retryAfterMs).toBeGreaterThan(0)
    expect(refused?.retryAfterMs).toBeLessThanOrEqual(12_000)
    expect(refused?.resetMs).toBeLessThanOrEqual(60_000)
    expect(await other.take('somebody else', 5)).toMatchObject({ allowed: true, remaining: 4 })
  })

  test('requests come back as time passes', async () => {
    const [redis] = openTwo()
    const limiter = createRedisRateLimiter(redis)
    const perMinute = 6000
    await Promise.all(Array.from({ length: perMinute }, () => limiter.take('ci', perMinute)))
    await expect.poll(async () => (await limiter.take('ci', perMinute)).allowed).toBe(true)
  })
})
