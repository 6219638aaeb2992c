import { afterAll, beforeAll } from 'vitest'
import { openRedis, type Redis } from '../../src/redis/connection.ts'
import { createQuietLog } from '../sessions/quiet-log.ts'
import { type RedisServer, startRedis } from './redis-server.ts'

export interface SharedRedis {
  server(): RedisServer
  /** The connections of two processes, over data that nobody has used. */
  openTwo(): [Redis, Redis]
}

/** A Redis for all tests of a file or a `describe`. */
export function shareRedis(): SharedRedis {
  let server: RedisServer | undefined
  let connections: [Redis, Redis] | undefined
  let opened = 0
  beforeAll(async () => {
    server = await startRedis()
    const options = { url: server.url, prefix: '', log: createQuietLog() }
    connections = [await openRedis(options), await openRedis(options)]
  })
  afterAll(async () => {
    for (const each of connections ?? []) await each.close()
    await server?.[Symbol.asyncDispose]()
  })
  return {
    server() {
      if (!server) throw new Error('Redis was not started')
      return server
    },
    openTwo() {
      if (!connections) throw new Error('Redis was not started')
      const prefix = `test-${opened++}:`
      const [one, other] = connections
      return [
        { ...one, prefix },
        { ...other, prefix },
      ]
    },
  }
}
