import { expect, test } from 'vitest'
import type { ToolOutcome } from '../../src/core/events.ts'
import { createRedisResultCache } from '../../src/runs/redis/result-cache.ts'
import { withoutRedis } from '../support/redis-server.ts'
import { shareRedis } from '../support/redis-stores.ts'
import { describeWith } from '../support/describe-with.ts'

describeWith('with Redis', [withoutRedis], () => {
  const { openTwo } = shareRedis()

  test('a result that one process looked up is there for the others, until its time is over', async () => {
    const [one, other] = openTwo().map(createRedisResultCache)
    if (!one || !other) throw new Error('nothing was opened')
    const outcome: ToolOutcome = {
      parts: [{ type: 'text', text: '서울 \u0000' }],
      isError: false,
      structured: { n: 1 },
    }
    await one.set('price', outcome, 60_000)
    expect(await other.get('price')).toEqual(outcome)
    expect(await other.get('another')).toBeUndefined()
    await one.set('price', outcome, 1)
    await expect.poll(() => other.get('price')).toBeUndefined()
  })
})
