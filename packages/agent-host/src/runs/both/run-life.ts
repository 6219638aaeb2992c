import type { RedisRunStore } from '../redis/run-store.ts'
import type { Run } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { findRun } from './lost-runs.ts'

type Life = 'create' | 'get' | 'start' | 'end' | 'renew' | 'takeOver' | 'lost' | 'removeEnded'

/** PostgreSQL decides; Redis takes what it decided, so that its log refuses whoever has no claim. */
export function createRunLifeOnBoth(durable: RunStore, hot: RedisRunStore): Pick<RunStore, Life> {
  const mirror = async (id: string, token: number): Promise<void> => {
    await hot.mirror(await findRun(durable, id), token)
  }
  /** With what only Redis knows: how far the log goes. */
  const latest = async (run: Run): Promise<Run> => {
    const seen = await hot.get(run.id)
    return { ...run, lastSequence: seen?.lastSequence ?? run.lastSequence }
  }
  return {
    async create(run) {
      const claim = await durable.create(run)
      await mirror(run.id, claim.token)
      return claim
    },
    async get(id) {
      const run = await durable.get(id)
      return run && (await latest(run))
    },
    async start(claim, model) {
      await durable.start(claim, model)
      await mirror(claim.id, claim.token)
    },
    async end(claim, state, error) {
      await durable.end(claim, state, error)
      await mirror(claim.id, claim.token)
    },
    async renew(claim, ttlMs) {
      const renewed = await durable.renew(claim, ttlMs)
      await mirror(claim.id, claim.token)
      return renewed
    },
    async takeOver(id, owner, ttlMs) {
      const claim = await durable.takeOver(id, owner, ttlMs)
      if (claim) await mirror(id, claim.token)
      return claim
    },
    lost: async () => await Promise.all((await durable.lost()).map(latest)),
    async removeEnded(before) {
      const [removed] = await Promise.all([durable.removeEnded(before), hot.removeEnded(before)])
      return removed
    },
  }
}
