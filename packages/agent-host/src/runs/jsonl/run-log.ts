import { staleClaim } from '../../sessions/claim.ts'
import { followRun } from '../follow-run.ts'
import { hasEnded } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { type LogPosition, readEvents } from './event-log.ts'
import { findRun, type RunParts } from './run-parts.ts'

/** Another process tells nobody that it has written. */
const lookAgainInMs = 50

/** Readers that are remembered with their place in a file. */
const keptPositions = 1000

export function createRunLog(parts: RunParts): Pick<RunStore, 'append' | 'read' | 'follow'> {
  const { files, log, notifier, queue, writers } = parts
  /** Where the next read of each reader begins, so that none reads a file from its beginning again and again. */
  const positions = new Map<string, LogPosition>()
  const remember = (id: string, next: LogPosition): void => {
    const [oldest] = positions.keys()
    if (oldest !== undefined && positions.size >= keptPositions) positions.delete(oldest)
    positions.set(`${id} ${next.after}`, next)
  }
  const read: RunStore['read'] = async (id, after, limit) => {
    // In this order: what was there before the end is read after it was seen.
    const ended = hasEnded(await findRun(parts, id))
    const file = await files.openEvents(id)
    if (!file) return { events: [], ended }
    try {
      const start = positions.get(`${id} ${after}`) ?? { after: 0, byte: 0 }
      const { events, next } = await readEvents(file, start, { after, limit }, log)
      if (events.length > 0) remember(id, next)
      return { events, ended }
    } finally {
      await file.close()
    }
  }
  return {
    read,
    async append(claim, from, events) {
      await queue.run(claim.id, async () => {
        const writer = writers.get(claim.id)
        if (writer?.claim.token !== claim.token) throw staleClaim(claim)
        await writer.append(from, events)
      })
      notifier.notify(claim.id)
    },
    follow(id, after, signal) {
      const followed = {
        read: (at: number, limit: number) => read(id, at, limit),
        subscribe: () => notifier.subscribe(id, signal),
        lookAgainInMs: () => (writers.has(id) ? undefined : lookAgainInMs),
      }
      return followRun(followed, after, signal)
    },
  }
}
