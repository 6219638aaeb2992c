import type { KeyedQueue } from '../../core/keyed-queue.ts'
import type { Logger } from '../../core/logger.ts'
import type { Notifier } from '../../core/notifier.ts'
import type { ClaimFiles } from '../../files/claim-files.ts'
import type { OpenFile } from '../../files/file-system.ts'
import { checkId, noSession } from '../session.ts'
import type { SessionIndex } from './index/session-index.ts'
import type { LogCache } from './log-cache.ts'
import type { SessionFiles } from './session-files.ts'
import { readSessionLog, type SessionLog } from './session-log.ts'
import type { SessionWriter } from './session-writer.ts'

/** What the parts of the store share. */
export interface StoreParts {
  files: SessionFiles
  claims: ClaimFiles
  index: SessionIndex
  cache: LogCache
  /** Everything that reads or writes a session's file waits for its turn here. */
  queue: KeyedQueue
  notifier: Notifier
  log: Logger
  /** Of the sessions that this process has claimed; of some whose claim has expired, too. */
  writers: Map<string, SessionWriter>
}

/** What is in the file now. To be called in the session's queue. */
export async function refreshLog({ cache, log }: StoreParts, id: string, file: OpenFile): Promise<SessionLog> {
  const latest = await readSessionLog(id, file, cache.get(id), log)
  cache.set(id, latest)
  return latest
}

/** Opens the session's file. @throws HostError `not_found`. */
export async function openLog({ files }: StoreParts, id: string): Promise<OpenFile> {
  const file = await files.open(id)
  if (!file) throw noSession(id)
  return file
}

/** Reads the session when its turn comes. @throws HostError `not_found` or `invalid_request`. */
export async function readLog(parts: StoreParts, id: string): Promise<SessionLog> {
  checkId(id)
  return await parts.queue.run(id, async () => {
    const file = await openLog(parts, id)
    try {
      return await refreshLog(parts, id, file)
    } finally {
      await file.close()
    }
  })
}

/** Forgets a writer whose claim is lost or given back. */
export async function dropWriter({ writers }: StoreParts, id: string): Promise<void> {
  const writer = writers.get(id)
  writers.delete(id)
  await writer?.close()
}
