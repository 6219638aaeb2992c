import type { Redis } from '../../redis/connection.ts'
import { toTime } from '../../redis/time.ts'
import { type Claim, staleClaim } from '../../sessions/claim.ts'
import { noRun, type Run, runExists } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { fromFields, toFields } from './run-fields.ts'
import { createRunIndex } from './run-index.ts'
import { runKeys } from './run-keys.ts'
import { changeRun, createRun, mirrorRun, renewRun, takeOverRun } from './run-scripts.ts'

type Life = 'create' | 'get' | 'start' | 'end' | 'renew' | 'takeOver' | 'lost' | 'removeEnded'

export interface RedisRunLife extends Pick<RunStore, Life> {
  /** Takes a run as another store has it, which decides on its claims. */
  mirror(run: Run, token: number): Promise<void>
}

/** The clock of Redis says when a claim ends, so that processes with clocks of their own agree. */
export function createRedisRunLife(redis: Redis): RedisRunLife {
  const get = async (id: string): Promise<Run | undefined> => {
    const { about } = runKeys(redis, id)
    return fromFields(await redis.call((client) => client.hGetAll(about)))
  }
  const { expect, watch, ended, lost, removeEnded } = createRunIndex(redis, get)
  const change = async (claim: Claim, fields: Partial<Run>): Promise<void> => {
    const [outcome] = await redis.run(changeRun, runKeys(redis, claim.id).both, [claim.token, ...toFields(fields)])
    if (outcome !== 'ok') throw staleClaim(claim)
  }
  return {
    get,
    lost,
    removeEnded,
    async create({ id, sessionId, endpoint, owner, ttlMs }) {
      const { both } = runKeys(redis, id)
      await expect(id, Date.now() + ttlMs)
      const createdAt = new Date().toISOString()
      const fields = toFields({ id, sessionId, endpoint, state: 'queued', owner, createdAt })
      const [outcome, expires] = await redis.run(createRun, both, [ttlMs, ...fields])
      if (outcome !== 'ok') throw runExists(id)
      return { id, owner, token: 1, expiresAt: toTime(expires) }
    },
    start: (claim, model) => change(claim, { state: 'running', model, startedAt: new Date().toISOString() }),
    async end(claim, state, error) {
      const endedAt = new Date().toISOString()
      await change(claim, { state, endedAt, ...(error && { error }) })
      await ended(claim.id, endedAt)
    },
    async renew(claim, ttlMs) {
      const [outcome, expires] = await redis.run(renewRun, runKeys(redis, claim.id).both, [claim.token, ttlMs])
      if (outcome !== 'ok') throw staleClaim(claim)
      await watch(claim.id, Number(expires))
      return { ...claim, expiresAt: toTime(expires) }
    },
    async takeOver(id, owner, ttlMs) {
      const [outcome, token, expires] = await redis.run(takeOverRun, runKeys(redis, id).both, [owner, ttlMs])
      if (outcome === 'none') throw noRun(id)
      if (outcome !== 'ok') return undefined
      await watch(id, Number(expires))
      return { id, owner, token: Number(token), expiresAt: toTime(expires) }
    },
    async mirror(run, token) {
      await redis.run(mirrorRun, runKeys(redis, run.id).both, [token, ...toFields(run)])
      if (run.endedAt !== undefined) await ended(run.id, run.endedAt)
    },
  }
}
