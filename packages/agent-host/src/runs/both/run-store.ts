import { followRun } from '../follow-run.ts'
import type { RedisRunStore } from '../redis/run-store.ts'
import { hasEnded } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { findRun, unlessGone } from './lost-runs.ts'
import { createRunLifeOnBoth } from './run-life.ts'

/** Longer than a lost connection takes to come back: what it would have told is looked for after that. */
const lookAgainInMs = 5000

/**
 * Runs and their claims are PostgreSQL's; their events, which are many and soon forgotten, and what waits for them are
 * Redis'. A run that Redis has lost ends like one whose process was lost, with what is left of its log.
 */
export function createRunStoreOnBoth(durable: RunStore, hot: RedisRunStore): RunStore {
  const read: RunStore['read'] = async (id, after, limit) => {
    const page = await unlessGone(hot.read(id, after, limit))
    if (page && (page.ended || page.events.length > 0)) return page
    // Redis may have missed the end. What was there before it is read after it was seen.
    const ended = hasEnded(await findRun(durable, id))
    const last = ended ? await unlessGone(hot.read(id, after, limit)) : undefined
    return { events: last?.events ?? [], ended }
  }
  return {
    ...createRunLifeOnBoth(durable, hot),
    read,
    append: hot.append,
    cancelRequested: hot.cancelRequested,
    follow: (id, after, signal) =>
      followRun(
        {
          read: (at, limit) => read(id, at, limit),
          subscribe: () => hot.subscribe(id, signal),
          lookAgainInMs: () => lookAgainInMs,
        },
        after,
        signal,
      ),
    async requestCancel(id) {
      await durable.requestCancel(id)
      // Whoever drives a run that Redis has lost can write no more of it, and stops by that.
      await unlessGone(hot.requestCancel(id))
    },
  }
}
