import { join } from 'node:path'
import { createId } from '../../core/ids.ts'
import { createKeyedQueue } from '../../core/keyed-queue.ts'
import { createNotifier } from '../../core/notifier.ts'
import { createClaimFiles } from '../../files/claim-files.ts'
import type { DataFolder } from '../../files/data-folder.ts'
import { type Entry, pathTo } from '../entry.ts'
import { checkId, type NewSession, noEntry, noSession, type Session, sessionExists } from '../session.ts'
import type { SessionStore } from '../session-store.ts'
import { createSessionIndex } from './index/session-index.ts'
import { createLogCache } from './log-cache.ts'
import { deleteSession } from './delete-session.ts'
import { createJsonlClaims } from './session-claims.ts'
import { createSessionFiles } from './session-files.ts'
import { toHeader } from './session-lines.ts'
import { readLog, type StoreParts } from './store-parts.ts'

export interface JsonlSessionStore extends SessionStore {
  /** Lets go of its files. */
  close(): Promise<void>
}

const cacheBytes = 16 * 2 ** 20

/** Keeps each conversation in a file of its own. Processes of one machine may share the folder. */
export function createJsonlSessionStore(data: DataFolder): JsonlSessionStore {
  const folder = join(data.path, 'sessions')
  const files = createSessionFiles(data.fileSystem, data.wholeFiles, folder)
  const claims = createClaimFiles({ ...data, folder: join(folder, 'claims') })
  const index = createSessionIndex(data, { files, claims })
  const parts: StoreParts = {
    files,
    claims,
    index,
    cache: createLogCache(cacheBytes),
    queue: createKeyedQueue(),
    notifier: createNotifier(),
    log: data.log,
    writers: new Map(),
  }
  const { queue, writers } = parts
  const add = async (session: NewSession, entries: Entry[], forkedFrom?: Session['forkedFrom']): Promise<Session> => {
    const { id = createId('session'), title = '', metadata = {} } = session
    checkId(id)
    const at = new Date()
    const about = { id, title, createdAt: at.toISOString(), metadata, ...(forkedFrom && { forkedFrom }) }
    // Named before, so that a crash hides no session, and after, however long that took.
    await index.touch(id)
    if (!(await files.add(toHeader({ ...about, token: at.getTime() }), entries))) throw sessionExists(id)
    await index.touch(id)
    return (await files.describe(id)) ?? { ...about, updatedAt: about.createdAt }
  }
  return {
    ...createJsonlClaims(parts),
    create: (session = {}) => add(session, []),
    async get(id) {
      checkId(id)
      return await files.describe(id)
    },
    async list(page) {
      const { ids, cursor } = await index.page(page)
      const sessions = await Promise.all(ids.map((id) => describeOrReport(parts, id)))
      return { sessions: sessions.filter((each) => each !== undefined), ...(cursor !== undefined && { cursor }) }
    },
    async change(id, change) {
      checkId(id)
      const session = await queue.run(id, () => files.change(id, change))
      if (!session) throw noSession(id)
      return session
    },
    delete: (id) => deleteSession(parts, id),
    async fork(id, entryId, session = {}) {
      const path = pathTo((await readLog(parts, id)).entries, entryId)
      if (path.length === 0) throw noEntry(id, entryId)
      return await add(session, path, { sessionId: id, entryId })
    },
    entries: async (id) => [...(await readLog(parts, id)).entries],
    async close() {
      await Promise.all([queue.idle(), index.idle()])
      await Promise.all([...writers.values()].map((writer) => writer.close()))
      writers.clear()
    },
  }
}

/** One file that somebody spoilt is not to hide all others. */
async function describeOrReport({ files, log }: StoreParts, id: string): Promise<Session | undefined> {
  try {
    return await files.describe(id)
  } catch (error) {
    log.error({ session: id, err: error }, 'a session cannot be read and is left out of the list')
    return undefined
  }
}
