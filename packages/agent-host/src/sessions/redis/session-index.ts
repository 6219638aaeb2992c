import type { Redis } from '../../redis/connection.ts'
import { compareListed, fromCursor, toCursor } from '../session-page.ts'
import type { SessionStore } from '../session-store.ts'

/** What sessions there are, by the time of their last entry. */
export interface SessionIndex extends Pick<SessionStore, 'list'> {
  /** Written after the session is. After a crash in between it is behind until the session's next entry. */
  place(id: string, updatedAt: string): Promise<void>
  remove(id: string): Promise<void>
}

/** In a sorted set, by milliseconds. */
export function createSessionIndex({ prefix, call }: Redis, get: SessionStore['get']): SessionIndex {
  const key = `${prefix}sessions`
  return {
    async place(id, updatedAt) {
      await call((client) => client.zAdd(key, { score: Date.parse(updatedAt), value: id }))
    },
    async remove(id) {
      await call((client) => client.zRem(key, id))
    },
    async list({ limit = 50, cursor } = {}) {
      const after = cursor === undefined ? undefined : fromCursor(cursor)
      const from = after ? Date.parse(after.updatedAt) : '+inf'
      const found = await call(async (client) => {
        // Those with the cursor's own time may be before it.
        const same = after ? await client.zCount(key, from, from) : 0
        const LIMIT = { offset: 0, count: limit + 1 + same }
        return await client.zRangeWithScores(key, from, '-inf', { BY: 'SCORE', REV: true, LIMIT })
      })
      const listed = found
        .map(({ value: id, score }) => ({ id, updatedAt: new Date(score).toISOString() }))
        .filter((item) => !after || compareListed(after, item) < 0)
      const page = listed.slice(0, limit)
      const last = page.at(-1)
      const sessions = await Promise.all(page.map(({ id }) => get(id)))
      return {
        sessions: sessions.filter((each) => each !== undefined),
        ...(last && listed.length > limit && { cursor: toCursor(last) }),
      }
    },
  }
}
