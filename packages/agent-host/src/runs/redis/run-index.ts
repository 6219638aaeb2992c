import type { Redis } from '../../redis/connection.ts'
import { hasEnded, type Run } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { runKeys } from './run-keys.ts'

/**
 * Which runs may be lost, and which ended when. It is written after a run is, and so looked at with doubt: what it says
 * of a run is checked with the run itself.
 */
export interface RunIndex extends Pick<RunStore, 'lost' | 'removeEnded'> {
  /** A run is about to be made. Said before, so that none is ever missing here. */
  expect(id: string, expiresAt: number): Promise<void>
  /** The claim on the run ends then, in milliseconds. */
  watch(id: string, expiresAt: number): Promise<void>
  ended(id: string, endedAt: string): Promise<void>
}

/** In two sorted sets: runs that go on, by the end of their claim, and those that ended, by their end. */
export function createRunIndex(redis: Redis, get: RunStore['get']): RunIndex {
  const live = `${redis.prefix}runs:live`
  const over = `${redis.prefix}runs:ended`
  const watch: RunIndex['watch'] = async (id, expiresAt) => {
    await redis.call((client) => client.zAdd(live, { score: expiresAt, value: id }))
  }
  const ended: RunIndex['ended'] = async (id, endedAt) => {
    await redis.call((client) => client.zAdd(over, { score: Date.parse(endedAt), value: id }))
    await redis.call((client) => client.zRem(live, id))
  }
  return {
    watch,
    ended,
    async expect(id, expiresAt) {
      await redis.call((client) => client.zAdd(live, { score: expiresAt, value: id }, { condition: 'NX' }))
    },
    async lost() {
      const ids = await redis.call((client) => client.zRange(live, '-inf', Date.now(), { BY: 'SCORE' }))
      const found = await Promise.all(ids.map(async (id) => ({ id, run: await get(id) })))
      const lost: Run[] = []
      for (const { id, run } of found) {
        if (!run) await redis.call((client) => client.zRem(live, id))
        else if (hasEnded(run)) await ended(id, run.endedAt ?? '')
        else if (Date.parse(run.expiresAt) > Date.now()) await watch(id, Date.parse(run.expiresAt))
        else lost.push(run)
      }
      return lost
    },
    async removeEnded(before) {
      const upTo = `(${before.getTime()}`
      const ids = await redis.call((client) => client.zRange(over, '-inf', upTo, { BY: 'SCORE' }))
      for (const id of ids) {
        await redis.call((client) => client.unlink(runKeys(redis, id).both))
        await redis.call((client) => client.zRem(over, id))
      }
      return ids.length
    },
  }
}
