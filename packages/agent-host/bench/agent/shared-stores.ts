import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres, withoutPostgres } from '../../test/support/postgres-server.ts'
import { startRedis, withoutRedis } from '../../test/support/redis-server.ts'

/** Where a measured service keeps its runs. */
export interface ServiceStore extends AsyncDisposable {
  name: string
  /** The settings that choose it. */
  env: Record<string, string>
}

/** The folder, and what else is installed here. Each is started anew, and empty. */
export const serviceStores: readonly (() => Promise<ServiceStore>)[] = [
  startFolder,
  ...(withoutRedis === undefined ? [withRedis] : []),
  ...(withoutPostgres === undefined ? [withPostgres] : []),
]

export function startFolder(): Promise<ServiceStore> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-host-bench-'))
  return Promise.resolve({
    name: 'JSONL',
    env: { DATA_DIR: folder },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
  })
}

async function withRedis(): Promise<ServiceStore> {
  const redis = await startRedis()
  const dispose = (): PromiseLike<void> => redis[Symbol.asyncDispose]()
  return { name: 'Redis', env: { REDIS_URL: redis.url, CHAT_LOG: 'off' }, [Symbol.asyncDispose]: dispose }
}

async function withPostgres(): Promise<ServiceStore> {
  const postgres = await startPostgres()
  const dispose = (): PromiseLike<void> => postgres[Symbol.asyncDispose]()
  return { name: 'PostgreSQL', env: { DATABASE_URL: postgres.url, CHAT_LOG: 'off' }, [Symbol.asyncDispose]: dispose }
}
