import { expect, test } from 'vitest'
import { createPostgresRunStore } from '../../src/runs/postgres/run-store.ts'
import { createRunStoreOnBoth } from '../../src/runs/both/run-store.ts'
import { createRedisRunStore } from '../../src/runs/redis/run-store.ts'
import { runs } from '../../../../test/scale.ts'
import { withoutPostgres } from '../support/postgres-server.ts'
import { sharePostgres } from '../support/postgres-stores.ts'
import { withoutRedis } from '../support/redis-server.ts'
import { shareRedis } from '../support/redis-stores.ts'
import { describeWith } from '../support/describe-with.ts'
import { type OpenRuns, testRunStore } from './run-store-contract.ts'

const ttlMs = 60_000

describeWith('with Redis and PostgreSQL', [withoutRedis, withoutPostgres], () => {
  const postgres = sharePostgres()
  const redis = shareRedis()

  async function open(): Promise<OpenRuns> {
    const hot = redis.openTwo().map(createRedisRunStore)
    const handles = (await postgres.openTwo()).map((database, i) => {
      const shared = hot[i]
      if (!shared) throw new Error('no Redis was opened')
      return createRunStoreOnBoth(createPostgresRunStore(database), shared)
    })
    return { handles, close: () => Promise.resolve() }
  }
  testRunStore('both', open, runs(200))

  test('a run that Redis lost is known, followed to its end, and taken over once its claim is over', async () => {
    const [hot] = redis.openTwo()
    const [database] = await postgres.openTwo()
    const store = createRunStoreOnBoth(createPostgresRunStore(database), createRedisRunStore(hot))
    const claim = await store.create({ id: 'run_1', sessionId: 's', owner: 'p', ttlMs })
    await store.append(claim, 1, [{ type: 'text-delta', index: 0, text: 'a' }])
    await hot.call((client) => client.flushDb())

    expect(await store.get('run_1')).toMatchObject({ state: 'queued', lastSequence: 0 })
    expect(await store.read('run_1', 0, 10)).toEqual({ events: [], ended: false })
    await store.requestCancel('run_1')
    const late = store.append(claim, 2, [{ type: 'text-delta', index: 0, text: 'b' }])
    await expect(late).rejects.toMatchObject({ code: 'stale_claim' })
    await store.renew(claim, 1)
    await expect.poll(async () => (await store.lost()).length).toBe(1)
    const taken = await store.takeOver('run_1', 'q', ttlMs)
    if (!taken) throw new Error('it was not taken over')
    await store.append(taken, 1, [{ type: 'run-end', reason: 'error', steps: 0 }])
    await store.end(taken, 'failed')
    const events = []
    for await (const each of store.follow('run_1', 0)) events.push(each)
    expect(events).toEqual([{ sequence: 1, event: { type: 'run-end', reason: 'error', steps: 0 } }])
  })
})
