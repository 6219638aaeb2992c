import { expect, test } from 'vitest'
import { openDatabase } from '../../src/postgres/database.ts'
import { createPostgresRunStore } from '../../src/runs/postgres/run-store.ts'
import { createPostgresRecordStore } from '../../src/sessions/postgres/record-store.ts'
import { createPostgresSessionStore } from '../../src/sessions/postgres/session-store.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { startPostgres, withoutPostgres } from '../support/postgres-server.ts'
import { describeWith } from '../support/describe-with.ts'
import { freePort } from '../support/service-program.ts'

test('an address where no PostgreSQL is says so at once, and shows no password', async () => {
  const log = createQuietLog()
  const url = `postgres://someone:sesame@127.0.0.1:${await freePort()}/agent`
  const failure: unknown = await openDatabase({ url, log }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('ECONNREFUSED') })
  expect(`${String(failure)} ${log.said.join(' ')}`).not.toContain('sesame')
})

describeWith('with PostgreSQL', [withoutPostgres], () => {
  test('of many processes that start at once each finds the tables, and a later version is left alone', async () => {
    await using server = await startPostgres()
    const open = () => openDatabase({ url: server.url, log: createQuietLog() })
    const [first, ...others] = await Promise.all([open(), open(), open(), open()])
    if (!first) throw new Error('nothing was opened')
    await createPostgresSessionStore(first).create({ id: 'one' })
    for (const each of others) {
      expect(await createPostgresSessionStore(each).get('one')).toMatchObject({ id: 'one' })
      await each.close()
    }
    await first.query('insert into agent_host.migrations values (999, now())')
    await expect(open()).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('later version'),
    })
    await first.close()
  })

  test('runs and records from before a step was taken are read after it', async () => {
    await using server = await startPostgres()
    const open = () => openDatabase({ url: server.url, log: createQuietLog() })
    const before = await open()
    await before.query('alter table agent_host.runs drop column endpoint')
    await before.query('alter table agent_host.records drop column put_at')
    await before.query('delete from agent_host.migrations where step > 3')
    const old = `insert into agent_host.runs (id, session_id, state, owner, token, created_at, expires_at, ended_at)
      values ('run_old', 's', 'done', 'p', 1, now(), now(), now())`
    await before.query(old)
    await before.query(`insert into agent_host.records values ('response', 'resp_old', '{"number":1}')`)
    await before.close()
    const after = await open()
    const run = await createPostgresRunStore(after).get('run_old')
    expect(run).toMatchObject({ id: 'run_old', state: 'done' })
    expect(run?.endpoint).toBeUndefined()
    expect(await createPostgresRecordStore(after).get('response', 'resp_old')).toEqual({ number: 1 })
    await after.close()
  })

  test('while PostgreSQL is away everything says so, and once it is back all goes on by itself', async () => {
    const server = await startPostgres()
    const log = createQuietLog()
    const database = await openDatabase({ url: server.url, log })
    const sessions = createPostgresSessionStore(database)
    await sessions.create({ id: 'one' })
    await server.stop()
    await expect(sessions.entries('one')).rejects.toMatchObject({ code: 'store_unavailable' })
    await server.start()
    await expect.poll(() => sessions.get('one').catch(String), { timeout: 30_000 }).toMatchObject({ id: 'one' })
    await database.close()
    await server[Symbol.asyncDispose]()
  })

  test('who waits learns what happened while its connection was lost', async () => {
    await using server = await startPostgres()
    const open = () => openDatabase({ url: server.url, log: createQuietLog() })
    const [waiting, acting] = await Promise.all([open(), open()])
    const runs = createPostgresRunStore(acting)
    await runs.create({ id: 'run_1', sessionId: 's', owner: 'p', ttlMs: 60_000 })
    const asked = createPostgresRunStore(waiting).cancelRequested('run_1')
    const listening = `select pid from pg_stat_activity where query = 'listen agent_host'`
    await expect.poll(async () => (await acting.query(listening)).length).toBe(1)
    await acting.query(`select pg_terminate_backend(pid) from (${listening}) as its`)
    await runs.requestCancel('run_1')
    expect(await asked).toBe(true)
    await Promise.all([waiting.close(), acting.close()])
  })
})
