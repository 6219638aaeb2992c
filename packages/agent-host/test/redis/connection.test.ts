import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openRedis } from '../../src/redis/connection.ts'
import { createRedisRunStore } from '../../src/runs/redis/run-store.ts'
import { createRedisSessionStore } from '../../src/sessions/redis/session-store.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { startRedis, withoutRedis } from '../support/redis-server.ts'
import { describeWith } from '../support/describe-with.ts'
import { freePort } from '../support/service-program.ts'

test('an address where no Redis is says so at once, and shows no password', async () => {
  const log = createQuietLog()
  const url = `redis://someone:sesame@127.0.0.1:${await freePort()}`
  const failure: unknown = await openRedis({ url, prefix: '', log }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('ECONNREFUSED') })
  expect(`${String(failure)} ${log.said.join(' ')}`).not.toContain('sesame')
})

test('something that is not Redis and hangs is not waited for for ever', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const opening = openRedis({ url: `redis://127.0.0.1:${port}`, prefix: '', log: createQuietLog() })
  await expect(opening).rejects.toMatchObject({ code: 'store_unavailable' })
  silent.close()
})

describeWith('with Redis', [withoutRedis], () => {
  test('while Redis is away everything says so, and once it is back all goes on by itself', async () => {
    const port = await freePort()
    const first = await startRedis(port)
    const redis = await openRedis({ url: first.url, prefix: 'x:', log: createQuietLog() })
    const sessions = createRedisSessionStore(redis)
    await sessions.create({ id: 'one' })
    await first[Symbol.asyncDispose]()
    await expect(sessions.entries('one')).rejects.toMatchObject({ code: 'store_unavailable' })
    await using second = await startRedis(port)
    expect(second.url).toBe(first.url)
    await expect
      .poll(() => sessions.create({ id: 'two' }).catch(String), { timeout: 30_000 })
      .toMatchObject({ id: 'two' })
    await redis.close()
  })

  test('who waits learns what happened while its connection was lost', async () => {
    await using server = await startRedis()
    const [waiting, acting] = await Promise.all(
      ['', ''].map(() => openRedis({ url: server.url, prefix: '', log: createQuietLog() })),
    )
    if (!waiting || !acting) throw new Error('nothing was opened')
    const runs = createRedisRunStore(acting)
    const claim = await runs.create({ id: 'run_1', sessionId: 's', owner: 'p', ttlMs: 60_000 })
    const asked = createRedisRunStore(waiting).cancelRequested('run_1')
    await acting.call((client) => client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']))
    await runs.requestCancel('run_1')
    expect(await asked).toBe(true)
    await runs.end(claim, 'cancelled')
    await Promise.all([waiting.close(), acting.close()])
  })

  test('a Redis that refuses is told from one that is away', async () => {
    await using server = await startRedis(undefined, ['--maxmemory', '1mb', '--maxmemory-policy', 'noeviction'])
    const redis = await openRedis({ url: server.url, prefix: '', log: createQuietLog() })
    const sessions = createRedisSessionStore(redis)
    await expect(sessions.create()).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('(OOM)'),
    })
    await redis.close()
  })
})
