import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../../test/scale.ts'
import { createFolder } from '../config/temporary-folder.ts'
import { startPostgres, withoutPostgres } from '../support/postgres-server.ts'
import { startRedis, withoutRedis } from '../support/redis-server.ts'
import { describeWith } from '../support/describe-with.ts'
import { createQuietLog } from './quiet-log.ts'
import type { Said } from './script/converse.ts'
import { converseUntilKilled, expectKept } from './script/killed-conversations.ts'
import { openByEnvironment, type StoresEnvironment } from './script/open-by-environment.ts'

const kept = 'a conversation killed with -9 at random moments keeps all that was acknowledged, once and whole'

async function checkKilled(env: StoresEnvironment): Promise<void> {
  const log = createQuietLog()
  const stores = await openByEnvironment(env, log)
  const said: Said[] = []
  for (const afterMs of fc.sample(fc.integer({ min: 0, max: 120 }), runs(200))) {
    said.push(...(await converseUntilKilled(env, afterMs)))
    await expectKept(stores, said)
    // In a folder its run is lost at once, as the process is dead; elsewhere its claims would have to run out.
    for (const { id } of await stores.runs.lost()) {
      const claim = await stores.runs.takeOver(id, 'test', 60_000)
      expect(claim).toBeDefined()
      if (claim) await stores.runs.end(claim, 'failed')
    }
    const last = said.findLast((each) => each.type === 'claimed')
    if (last) await stores.sessions.release(last.claim)
  }
  await stores.close()
  expect(said.filter(({ type }) => type === 'started').length).toBeGreaterThan(0)
  expect(log.said.filter((words) => words.includes('cannot be read'))).toEqual([])
}

test(`JSONL: ${kept}`, async () => {
  using folder = createFolder()
  await checkKilled({ DATA_DIR: folder.path })
})

describeWith('with Redis', [withoutRedis], () => {
  test(`Redis: ${kept}`, async () => {
    await using redis = await startRedis()
    await checkKilled({ REDIS_URL: redis.url })
  })
})

describeWith('with PostgreSQL', [withoutPostgres], () => {
  test(`PostgreSQL: ${kept}`, async () => {
    await using postgres = await startPostgres()
    await checkKilled({ DATABASE_URL: postgres.url })
  })
})

describeWith('with Redis and PostgreSQL', [withoutRedis, withoutPostgres], () => {
  test(`both: ${kept}`, async () => {
    await using redis = await startRedis()
    await using postgres = await startPostgres()
    await checkKilled({ REDIS_URL: redis.url, DATABASE_URL: postgres.url })
  })
})
