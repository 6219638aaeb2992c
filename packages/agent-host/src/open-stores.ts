import type { Settings } from './config/options.ts'
import { inMemory } from './config/store-options.ts'
import type { Logger } from './core/logger.ts'
import { type Database, openDatabase } from './postgres/database.ts'
import { openRedis, type Redis } from './redis/connection.ts'
import { createRunStoreOnBoth } from './runs/both/run-store.ts'
import { createPostgresRunStore } from './runs/postgres/run-store.ts'
import { createRedisResultCache } from './runs/redis/result-cache.ts'
import { createRedisRunStore } from './runs/redis/run-store.ts'
import { createMemoryResultCache, type ResultCache } from './runs/result-cache.ts'
import { openFolderStores, openMemoryStores, type Stores } from './runs/stores.ts'
import { createPostgresRecordStore } from './sessions/postgres/record-store.ts'
import { createPostgresSessionStore } from './sessions/postgres/session-store.ts'
import { createRedisRecordStore } from './sessions/redis/record-store.ts'
import { createRedisSessionStore } from './sessions/redis/session-store.ts'
import { createRateLimiter, type RateLimiter } from './transports/http/rate-limiter.ts'
import { createRedisRateLimiter } from './transports/http/redis-rate-limiter.ts'

/** All that outlives a request: what is kept, and what is counted. */
export interface OpenStores {
  stores: Stores
  cache: ResultCache
  limiter: RateLimiter
}

/**
 * Opens what the settings name: PostgreSQL keeps everything that is to last, Redis what is shared and soon forgotten,
 * and either of them alone keeps everything. Without both it is the data folder.
 *
 * @throws HostError `store_unavailable` or `store_failed`; then nothing is left open.
 */
export async function openStores(settings: Settings, log: Logger): Promise<OpenStores> {
  const { dataDir, redisUrl, redisPrefix, databaseUrl } = settings
  const redis = redisUrl === undefined ? undefined : await openRedis({ url: redisUrl, prefix: redisPrefix, log })
  if (databaseUrl === undefined) {
    if (redis) return { ...hotState(redis), stores: onRedis(redis) }
    const stores = dataDir === inMemory ? openMemoryStores() : openFolderStores(dataDir, { log })
    return { ...ownState(), stores }
  }
  try {
    const database = await openDatabase({ url: databaseUrl, log })
    return { ...(redis ? hotState(redis) : ownState()), stores: onPostgres(database, redis) }
  } catch (error) {
    await redis?.close()
    throw error
  }
}

/** Whether all is gone with the process. */
export function keepsNothing({ dataDir, redisUrl, databaseUrl }: Settings): boolean {
  return dataDir === inMemory && redisUrl === undefined && databaseUrl === undefined
}

function hotState(redis: Redis): Pick<OpenStores, 'cache' | 'limiter'> {
  return { cache: createRedisResultCache(redis), limiter: createRedisRateLimiter(redis) }
}

/** Of this process alone. */
function ownState(): Pick<OpenStores, 'cache' | 'limiter'> {
  return { cache: createMemoryResultCache(), limiter: createRateLimiter() }
}

function onRedis(redis: Redis): Stores {
  return {
    sessions: createRedisSessionStore(redis),
    runs: createRedisRunStore(redis),
    records: createRedisRecordStore(redis),
    close: redis.close,
  }
}

/** Claims stay where the entries are: a write and the check of its claim are one statement then. */
function onPostgres(database: Database, redis: Redis | undefined): Stores {
  const runs = createPostgresRunStore(database)
  return {
    sessions: createPostgresSessionStore(database),
    runs: redis ? createRunStoreOnBoth(runs, createRedisRunStore(redis)) : runs,
    records: createPostgresRecordStore(database),
    async close() {
      await Promise.all([database.close(), redis?.close()])
    },
  }
}
