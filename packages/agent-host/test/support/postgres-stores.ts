import { afterAll, beforeAll } from 'vitest'
import { type Database, openDatabase } from '../../src/postgres/database.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

export interface SharedPostgres {
  server(): PostgresServer
  /** The connections of two processes, over tables that are empty. */
  openTwo(): Promise<[Database, Database]>
}

/** A PostgreSQL for all tests of a file or a `describe`. */
export function sharePostgres(): SharedPostgres {
  let server: PostgresServer | undefined
  let databases: [Database, Database] | undefined
  beforeAll(async () => {
    server = await startPostgres()
    const options = { url: server.url, log: createQuietLog() }
    databases = await Promise.all([openDatabase(options), openDatabase(options)])
  })
  afterAll(async () => {
    for (const each of databases ?? []) await each.close()
    await server?.[Symbol.asyncDispose]()
  })
  return {
    server() {
      if (!server) throw new Error('PostgreSQL was not started')
      return server
    },
    async openTwo() {
      if (!databases) throw new Error('PostgreSQL was not started')
      // Quicker than TRUNCATE, which makes new files.
      for (const table of ['sessions', 'runs', 'records']) await databases[0].query(`delete from agent_host.${table}`)
      return databases
    },
  }
}
