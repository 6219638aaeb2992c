import { fromCursor, toCursor } from '../../session-page.ts'

/** A session by when its file was written to, in milliseconds since 1970. */
export interface Place {
  id: string
  modifiedAt: number
}

/** Sessions in the order of lists, which stays as they change: a page of many costs no more than one of few. */
export interface SessionOrder {
  readonly size: number
  has(id: string): boolean
  /** `undefined` where the session is gone. */
  set(id: string, modifiedAt: number | undefined): void
  /** The last updated first; `cursor` as the page before gave it. */
  page(limit: number, cursor: string | undefined): { ids: string[]; cursor?: string }
  /** The last updated last. */
  all(): readonly Place[]
}

export function createSessionOrder(places: readonly Place[] = []): SessionOrder {
  /** The last updated last, as most changes are at that end. */
  const sorted = places.toSorted(compare)
  const times = new Map(sorted.map(({ id, modifiedAt }) => [id, modifiedAt]))
  return {
    get size() {
      return sorted.length
    },
    has: (id) => times.has(id),
    set(id, modifiedAt) {
      const former = times.get(id)
      if (former === modifiedAt) return
      if (former !== undefined) sorted.splice(countBefore(sorted, { id, modifiedAt: former }), 1)
      times.delete(id)
      if (modifiedAt === undefined) return
      sorted.splice(countBefore(sorted, { id, modifiedAt }), 0, { id, modifiedAt })
      times.set(id, modifiedAt)
    },
    page(limit, cursor) {
      const after = cursor === undefined ? undefined : fromCursor(cursor)
      const end = after ? countBefore(sorted, { id: after.id, modifiedAt: Date.parse(after.updatedAt) }) : sorted.length
      const page = sorted.slice(Math.max(0, end - limit), end).toReversed()
      const last = page.at(-1)
      return {
        ids: page.map(({ id }) => id),
        ...(last &&
          end > limit && { cursor: toCursor({ id: last.id, updatedAt: new Date(last.modifiedAt).toISOString() }) }),
      }
    },
    all: () => sorted,
  }
}

/** Less than 0 where `a` was updated before `b`. */
function compare(a: Place, b: Place): number {
  if (a.modifiedAt !== b.modifiedAt) return a.modifiedAt - b.modifiedAt
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/** How many come before the place. */
function countBefore(sorted: readonly Place[], place: Place): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(sorted[middle] as Place, place) < 0) low = middle + 1
    else high = middle
  }
  return low
}
