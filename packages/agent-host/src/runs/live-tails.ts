import { createNotifier, type Subscription } from '../core/notifier.ts'
import { followRun } from './follow-run.ts'
import type { LogPage, NumberedEvent } from './run.ts'
import type { RunStore } from './run-store.ts'

/** Events of a run that stay in memory for readers who come back to it. */
const kept = 256

/** And so many at most for those who read more slowly than the model writes; further behind, they ask the store. */
const mostKept = 4096

/** A run that nothing was written of for so long, in milliseconds, may be another's by now: the store is asked. */
const quietMs = 5000

/** The last events of a run that is driven in this process. All of them are in the store already. */
interface Tail {
  state: 'live' | 'ended' | 'lost'
  events: NumberedEvent[]
  last: number
  wroteAt: number
  /** Those who follow the run. */
  readers: Set<Reader>
}

interface Reader {
  /** The number of the last event that it has. */
  at: number
}

/** A store whose followers get the events of runs that are driven in this process from memory, once they are stored. */
export function withLiveTails(store: RunStore): RunStore {
  const tails = new Map<string, Tail>()
  const notifier = createNotifier()

  function close(id: string, state: 'ended' | 'lost'): void {
    const tail = tails.get(id)
    if (!tail) return
    tail.state = state
    tails.delete(id)
    notifier.notify(id)
  }

  /** Whoever cannot write of a run may have lost it to another. */
  async function unlessLost<Value>(id: string, work: Promise<Value>): Promise<Value> {
    try {
      return await work
    } catch (error) {
      close(id, 'lost')
      throw error
    }
  }

  return {
    ...store,
    async create(run) {
      const claim = await store.create(run)
      tails.set(run.id, { state: 'live', events: [], last: 0, wroteAt: performance.now(), readers: new Set() })
      return claim
    },
    async append(claim, from, events) {
      await unlessLost(claim.id, store.append(claim, from, events))
      const tail = tails.get(claim.id)
      if (!tail) return
      if (from > tail.last + 1) return close(claim.id, 'lost')
      for (const event of events.slice(tail.last + 1 - from)) tail.events.push({ sequence: ++tail.last, event })
      if (tail.events.length > 2 * kept) forgetRead(tail)
      tail.wroteAt = performance.now()
      notifier.notify(claim.id)
    },
    async end(claim, state, error) {
      await unlessLost(claim.id, store.end(claim, state, error))
      close(claim.id, 'ended')
    },
    renew: (claim, ttlMs) => unlessLost(claim.id, store.renew(claim, ttlMs)),
    follow(id, after, signal) {
      const tail = tails.get(id)
      if (!tail) return store.follow(id, after, signal)
      const reader = { at: after }
      const followed = {
        async read(at: number, limit: number) {
          reader.at = at
          return (isTrue(tail) ? pageOf(tail, at, limit) : undefined) ?? (await store.read(id, at, limit))
        },
        subscribe: () => subscribeReader(tail, reader, notifier.subscribe(id, signal)),
        lookAgainInMs: () => (tail.state === 'lost' ? quietMs / 10 : quietMs),
      }
      return followRun(followed, after, signal)
    },
  }
}

/** The reader is counted for as long as it listens. */
function subscribeReader({ readers }: Tail, reader: Reader, { next, close }: Subscription): Subscription {
  readers.add(reader)
  return {
    next,
    close() {
      readers.delete(reader)
      close()
    },
  }
}

/** Forgets what every reader has, but for the last of it, and what is too much. */
function forgetRead({ events, last, readers }: Tail): void {
  const slowest = Math.min(last - kept, ...Array.from(readers, ({ at }) => at))
  const before = Math.max(slowest, last - mostKept)
  events.splice(0, Math.max(0, before - (last - events.length)))
}

/** Whether the store has nothing of the run that is not here. */
function isTrue({ state, wroteAt }: Tail): boolean {
  return state === 'ended' || (state === 'live' && performance.now() - wroteAt < quietMs)
}

/** `undefined` where the first of its events is older than what is in memory. */
function pageOf({ state, events, last }: Tail, after: number, limit: number): LogPage | undefined {
  const start = after - (last - events.length)
  return start < 0 ? undefined : { events: events.slice(start, start + limit), ended: state === 'ended' }
}
