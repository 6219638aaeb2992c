import type { Redis } from '../../redis/connection.ts'
import {
  type RecordKind,
  type RecordLifetimes,
  recordLifetimes,
  recordSchema,
  type RecordStore,
} from '../record-store.ts'
import { checkId } from '../session.ts'

/** Keeps each record under a key of its own. */
export function createRedisRecordStore(
  { prefix, call }: Redis,
  lifetimes: RecordLifetimes = recordLifetimes,
): RecordStore {
  const keyOf = (kind: RecordKind, id: string): string => {
    checkId(id)
    return `${prefix}${kind}:${id}`
  }
  return {
    async put(kind, id, value) {
      const key = keyOf(kind, id)
      const lifetime = lifetimes[kind]
      const options = lifetime === undefined ? {} : { expiration: { type: 'PX' as const, value: lifetime } }
      await call((client) => client.set(key, JSON.stringify(value), options))
    },
    async get(kind, id) {
      const key = keyOf(kind, id)
      const text = await call((client) => client.get(key))
      return text === null ? undefined : recordSchema.parse(JSON.parse(text))
    },
    async delete(kind, id) {
      const key = keyOf(kind, id)
      return (await call((client) => client.del(key))) > 0
    },
    // Redis forgets them.
    removeOld: () => Promise.resolve(0),
  }
}
