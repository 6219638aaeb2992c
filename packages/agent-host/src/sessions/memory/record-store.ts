import { checkId } from '../session.ts'
import { type RecordKind, type RecordLifetimes, recordLifetimes, type RecordStore } from '../record-store.ts'

export interface MemoryRecordLimits {
  /** Beyond this, the records that were put first are forgotten. Default: 10,000. */
  maxRecords?: number
  lifetimes?: RecordLifetimes
}

interface Kept {
  /** As JSON, so that nobody changes what is kept. */
  text: string
  /** Milliseconds since 1970. */
  until: number
}

/** Keeps records for as long as the process lives. */
export function createMemoryRecordStore({
  maxRecords = 10_000,
  lifetimes = recordLifetimes,
}: MemoryRecordLimits = {}): RecordStore {
  const kept = new Map<string, Kept>()
  const find = (key: string): Kept | undefined => {
    const found = kept.get(key)
    return found && found.until > Date.now() ? found : undefined
  }
  return {
    async put(kind, id, record) {
      const key = keyOf(kind, id)
      kept.delete(key)
      kept.set(key, { text: JSON.stringify(record), until: Date.now() + (lifetimes[kind] ?? Number.POSITIVE_INFINITY) })
      for (const oldest of kept.keys()) {
        if (kept.size <= maxRecords) break
        kept.delete(oldest)
      }
    },
    async get(kind, id) {
      const found = find(keyOf(kind, id))
      return found && (JSON.parse(found.text) as Record<string, unknown>)
    },
    async delete(kind, id) {
      const key = keyOf(kind, id)
      const isThere = find(key) !== undefined
      kept.delete(key)
      return isThere
    },
    async removeOld() {
      const old = [...kept.keys()].filter((key) => !find(key))
      for (const key of old) kept.delete(key)
      return old.length
    },
  }
}

function keyOf(kind: RecordKind, id: string): string {
  checkId(id)
  return `${kind}/${id}`
}
