import { z } from 'zod'
import type { AgentEvent } from '../../core/events.ts'
import type { Subscription } from '../../core/notifier.ts'
import { waitUntil } from '../../core/wait-until.ts'
import type { Redis } from '../../redis/connection.ts'
import { staleClaim } from '../../sessions/claim.ts'
import { followRun } from '../follow-run.ts'
import { newEvents } from '../new-events.ts'
import { hasEnded, noRun, type Run, runSchema } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { runKeys } from './run-keys.ts'
import { createRedisRunLife, type RedisRunLife } from './run-life.ts'
import { appendEvents, cancelRun } from './run-scripts.ts'

/** What Redis does for runs that another store keeps. */
export interface RedisRunStore extends RunStore, Pick<RedisRunLife, 'mirror'> {
  /** Told of the run's events and its end from now on. */
  subscribe(id: string, signal?: AbortSignal): Subscription
}

/** Longer than a lost connection takes to come back: what it would have told is looked for after that. */
const lookAgainInMs = 5000

/** We wrote it ourselves, and events are many: only what makes it one is looked at. */
const eventSchema = z.looseObject({ type: z.string() })

/** Keeps runs in Redis, where processes share them, and their events in a stream each. */
export function createRedisRunStore(redis: Redis): RedisRunStore {
  const life = createRedisRunLife(redis)
  const find = async (id: string): Promise<Run> => {
    const found = await life.get(id)
    if (!found) throw noRun(id)
    return found
  }
  const read: RunStore['read'] = async (id, after, limit) => {
    const { about, log } = runKeys(redis, id)
    // In this order: what was there before the end is read after it was seen.
    const [state, found] = await redis.call((client) =>
      Promise.all([client.hGet(about, 'state'), client.xRange(log, `${after + 1}-0`, '+', { COUNT: limit })]),
    )
    if (state === null) throw noRun(id)
    const events = (found ?? []).map(({ id: number, message }) => ({
      sequence: Number.parseInt(number, 10),
      event: eventSchema.parse(JSON.parse(message.event ?? '')) as unknown as AgentEvent,
    }))
    return { events, ended: hasEnded(runSchema.pick({ state: true }).parse({ state })) }
  }
  return {
    ...life,
    read,
    async append(claim, from, events) {
      const args = [claim.token, from, ...events.map((event) => JSON.stringify(event))]
      const [outcome, last] = await redis.run(appendEvents, runKeys(redis, claim.id).both, args)
      if (outcome === 'stale') throw staleClaim(claim)
      if (outcome === 'gap') newEvents(claim.id, Number(last), from, events)
    },
    follow: (id, after, signal) =>
      followRun(
        {
          read: (at, limit) => read(id, at, limit),
          subscribe: () => redis.changes.subscribe(runKeys(redis, id).log, signal),
          lookAgainInMs: () => lookAgainInMs,
        },
        after,
        signal,
      ),
    async requestCancel(id) {
      const [outcome] = await redis.run(cancelRun, runKeys(redis, id).both, [])
      if (outcome === 'none') throw noRun(id)
    },
    async cancelRequested(id, signal) {
      const asked = await waitUntil(redis.changes, runKeys(redis, id).about, signal, async () => {
        const run = await find(id)
        return run.cancelRequested || hasEnded(run)
          ? { found: true, value: run.cancelRequested }
          : { found: false, lookAgainInMs }
      })
      return asked ?? false
    },
    subscribe: (id, signal) => redis.changes.subscribe(runKeys(redis, id).log, signal),
  }
}
