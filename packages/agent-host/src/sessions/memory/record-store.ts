import { checkId } from '../session.ts'
import type { RecordKind, RecordStore } from '../record-store.ts'

export interface MemoryRecordLimits {
  /** Beyond this, the records that were put first are forgotten. Default: 10,000. */
  maxRecords?: number
}

/** Keeps records for as long as the process lives. */
export function createMemoryRecordStore({ maxRecords = 10_000 }: MemoryRecordLimits = {}): RecordStore {
  /** As JSON, so that nobody changes what is kept. */
  const kept = new Map<string, string>()
  return {
    async put(kind, id, record) {
      const key = keyOf(kind, id)
      kept.delete(key)
      kept.set(key, JSON.stringify(record))
      for (const oldest of kept.keys()) {
        if (kept.size <= maxRecords) break
        kept.delete(oldest)
      }
    },
    async get(kind, id) {
      const text = kept.get(keyOf(kind, id))
      return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>)
    },
    async delete(kind, id) {
      return kept.delete(keyOf(kind, id))
    },
  }
}

function keyOf(kind: RecordKind, id: string): string {
  checkId(id)
  return `${kind}/${id}`
}
