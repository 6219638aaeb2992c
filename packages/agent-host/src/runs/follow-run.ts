import type { Subscription } from '../core/notifier.ts'
import type { LogPage, NumberedEvent } from './run.ts'

/** A run's log, as a store has it. */
interface FollowedLog {
  read(after: number, limit: number): Promise<LogPage>
  /** Told of every change from now on. */
  subscribe(): Subscription
  /** How long to wait for a change before looking anyway, in milliseconds. Default: for ever. */
  lookAgainInMs?: () => number | undefined
}

/** Events read at once: what a slow reader keeps in memory. */
const batch = 256

/** All events after the number `after`, as they come, until the run's end or the abort. */
export async function* followRun(log: FollowedLog, after: number, signal?: AbortSignal): AsyncGenerator<NumberedEvent> {
  const subscription = log.subscribe()
  try {
    let last = after
    while (true) {
      if (signal?.aborted) return
      const { events, ended } = await log.read(last, batch)
      for (const each of events) {
        if (signal?.aborted) return
        yield each
        last = each.sequence
      }
      if (events.length === batch) continue
      if (ended) return
      await subscription.next(log.lookAgainInMs?.())
    }
  } finally {
    subscription.close()
  }
}
