import { createMemoryRecordStore } from '../sessions/memory/record-store.ts'
import { createMemorySessionStore } from '../sessions/memory/session-store.ts'
import type { RecordStore } from '../sessions/record-store.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import { createMemoryRunStore } from './memory/run-store.ts'
import type { RunStore } from './run-store.ts'

/** Everything that agent-host keeps, in one place or another. */
export interface Stores {
  sessions: SessionStore
  runs: RunStore
  records: RecordStore
  /** Lets go of files and connections. Claims are not released by it. */
  close(): Promise<void>
}

/** Keeps everything for as long as the process lives. */
export function openMemoryStores(): Stores {
  return {
    sessions: createMemorySessionStore(),
    runs: createMemoryRunStore(),
    records: createMemoryRecordStore(),
    close: () => Promise.resolve(),
  }
}
