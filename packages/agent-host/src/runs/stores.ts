import { type DataFolderOptions, openDataFolder } from '../files/data-folder.ts'
import { createJsonlRecordStore } from '../sessions/jsonl/record-store.ts'
import { createJsonlSessionStore } from '../sessions/jsonl/session-store.ts'
import { createMemoryRecordStore } from '../sessions/memory/record-store.ts'
import { createMemorySessionStore } from '../sessions/memory/session-store.ts'
import type { RecordStore } from '../sessions/record-store.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import { createJsonlRunStore } from './jsonl/run-store.ts'
import { createMemoryRunStore, type MemoryRunStore } from './memory/run-store.ts'
import type { RunStore } from './run-store.ts'

/** Everything that agent-host keeps, in one place or another. */
export interface Stores {
  sessions: SessionStore
  runs: RunStore
  records: RecordStore
  /** Lets go of files and connections. Claims that are still held run out, or are taken over once the process is dead. */
  close(): Promise<void>
}

/** Keeps everything for as long as the process lives. */
export function openMemoryStores(): Stores & { runs: MemoryRunStore } {
  return {
    sessions: createMemorySessionStore(),
    runs: createMemoryRunStore(),
    records: createMemoryRecordStore(),
    close: () => Promise.resolve(),
  }
}

/** Keeps everything in a folder, which processes of one machine may share. Nothing is made there before it is needed. */
export function openFolderStores(folder: string, options: DataFolderOptions): Stores {
  const data = openDataFolder(folder, options)
  const sessions = createJsonlSessionStore(data)
  const runs = createJsonlRunStore(data)
  return {
    sessions,
    runs,
    records: createJsonlRecordStore(data),
    async close() {
      await Promise.all([sessions.close(), runs.close()])
    },
  }
}
