import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres, withoutPostgres } from './postgres-server.ts'
import { startRedis, withoutRedis } from './redis-server.ts'

/** Somewhere to keep things that several processes share, new and empty. */
export interface StartedStore extends AsyncDisposable {
  /** The settings that choose it. */
  env: Record<string, string>
}

export interface StoreKind {
  name: string
  /** Why it cannot be had here; empty where it can. */
  missing: readonly string[]
  /** `durable`: waits for the disk, as it would in earnest. */
  start(options?: { durable?: boolean }): Promise<StartedStore>
}

function kind(name: string, missing: readonly (string | undefined)[], start: StoreKind['start']): StoreKind {
  return { name, missing: missing.filter((each) => each !== undefined), start }
}

/** What needs nothing to be installed. */
export const startFolder: StoreKind['start'] = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-host-test-'))
  return { env: { DATA_DIR: folder }, [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }) }
}

const startRedisAlone: StoreKind['start'] = async () => {
  const redis = await startRedis()
  return { env: { REDIS_URL: redis.url }, [Symbol.asyncDispose]: async () => await redis[Symbol.asyncDispose]() }
}

const startPostgresAlone: StoreKind['start'] = async (options) => {
  const postgres = await startPostgres(options)
  const dispose = async (): Promise<void> => await postgres[Symbol.asyncDispose]()
  return { env: { DATABASE_URL: postgres.url }, [Symbol.asyncDispose]: dispose }
}

const startBoth: StoreKind['start'] = async (options) => {
  const [redis, postgres] = await Promise.all([startRedisAlone(), startPostgresAlone(options)])
  return {
    env: { ...redis.env, ...postgres.env },
    async [Symbol.asyncDispose]() {
      await Promise.all([redis[Symbol.asyncDispose](), postgres[Symbol.asyncDispose]()])
    },
  }
}

/** Every store that processes can share, by the settings that choose it. */
export const storeKinds: readonly StoreKind[] = [
  kind('JSONL', [], startFolder),
  kind('Redis', [withoutRedis], startRedisAlone),
  kind('PostgreSQL', [withoutPostgres], startPostgresAlone),
  kind('Redis and PostgreSQL', [withoutRedis, withoutPostgres], startBoth),
]
