import type { Pool } from 'pg'
import { HostError } from '../core/errors.ts'
import { recordTimes } from './migrations/0005-record-times.ts'
import { runEndpoint } from './migrations/0004-run-endpoint.ts'
import { records } from './migrations/0003-records.ts'
import { runs } from './migrations/0002-runs.ts'
import { sessions } from './migrations/0001-sessions.ts'

/** One step from an empty schema to today's tables. Steps are only ever added. */
const migrations: readonly string[] = [sessions, runs, records, runEndpoint, recordTimes]

/** Any number, as long as nobody else in the database takes it. */
const lock = 5_224_186_391

/**
 * Takes the steps that the database lacks, in one transaction. Of several processes that start at once, one does.
 *
 * @throws HostError `store_failed` where the tables are of a later version than this one knows.
 */
export async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    // A large table may take longer than any other statement.
    await client.query('set local statement_timeout = 0')
    await client.query('select pg_advisory_xact_lock($1)', [lock])
    await client.query('create schema if not exists agent_host')
    await client.query('create table if not exists agent_host.migrations (step integer primary key, at timestamptz)')
    const { rows } = await client.query<{ last: number }>(
      'select coalesce(max(step), 0) as last from agent_host.migrations',
    )
    const last = rows[0]?.last ?? 0
    if (last > migrations.length) throw laterVersion(last)
    for (const [i, statements] of migrations.entries()) {
      if (i < last) continue
      await client.query(statements)
      await client.query('insert into agent_host.migrations values ($1, now())', [i + 1])
    }
    await client.query('commit')
  } catch (error) {
    // The connection may be what failed; it is not used again.
    client.release(true)
    throw error
  }
  client.release()
}

function laterVersion(step: number): HostError {
  const message = `The database has tables of a later version (step ${step}, known: ${migrations.length}). Update agent-host.`
  return new HostError('store_failed', message)
}
