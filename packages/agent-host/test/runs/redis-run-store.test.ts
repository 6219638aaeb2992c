import { createRedisRunStore } from '../../src/runs/redis/run-store.ts'
import { runs } from '../../../../test/scale.ts'
import { withoutRedis } from '../support/redis-server.ts'
import { shareRedis } from '../support/redis-stores.ts'
import { describeWith } from '../support/describe-with.ts'
import { testRunStore } from './run-store-contract.ts'

const close = (): Promise<void> => Promise.resolve()

describeWith('with Redis', [withoutRedis], () => {
  const { openTwo } = shareRedis()
  testRunStore('Redis', async () => ({ handles: openTwo().map(createRedisRunStore), close }), runs(300))
})
