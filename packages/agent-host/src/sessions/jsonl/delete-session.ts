import { toFileName } from '../../files/file-name.ts'
import { checkId, sessionBusy } from '../session.ts'
import { takeSession } from './session-claims.ts'
import { dropWriter, openLog, type StoreParts } from './store-parts.ts'

/** Long enough for a few operations of the file system. */
const ttlMs = 30_000

/** Removes the session's files, under a claim, so that nobody is writing to them. */
export async function deleteSession(parts: StoreParts, id: string): Promise<void> {
  checkId(id)
  await parts.queue.run(id, async () => {
    const file = await openLog(parts, id)
    try {
      const taken = await takeSession(parts, id, 'delete', ttlMs, file)
      if (!taken.taken)
        throw sessionBusy(id, { owner: taken.owner, expiresAt: new Date(taken.expiresAt).toISOString() })
      await dropWriter(parts, id)
      await parts.files.remove(id)
      await parts.claims.release(toFileName(id), taken.token)
      parts.cache.delete(id)
    } finally {
      await file.close()
    }
  })
  parts.notifier.notify(id)
}
