import { createRedisRecordStore } from '../../src/sessions/redis/record-store.ts'
import { createRedisSessionStore } from '../../src/sessions/redis/session-store.ts'
import { runs } from '../../../../test/scale.ts'
import { withoutRedis } from '../support/redis-server.ts'
import { shareRedis } from '../support/redis-stores.ts'
import { describeWith } from '../support/describe-with.ts'
import { testRecordStore } from './record-contract.ts'
import { testSessionStore } from './store-contract.ts'

const close = (): Promise<void> => Promise.resolve()

describeWith('with Redis', [withoutRedis], () => {
  const { openTwo } = shareRedis()
  testSessionStore('Redis', async () => ({ handles: openTwo().map(createRedisSessionStore), close }), runs(500))
  testRecordStore('Redis', async (lifetimes) => ({
    handles: openTwo().map((redis) => createRedisRecordStore(redis, lifetimes)),
    close,
  }))
})
