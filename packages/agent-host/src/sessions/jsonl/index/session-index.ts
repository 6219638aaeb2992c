import { join } from 'node:path'
import { createKeyedQueue } from '../../../core/keyed-queue.ts'
import type { ClaimFiles } from '../../../files/claim-files.ts'
import type { DataFolder } from '../../../files/data-folder.ts'
import { fromFileName } from '../../../files/file-name.ts'
import type { SessionFiles } from '../session-files.ts'
import { createIndexSnapshot, type IndexSnapshot, type IndexState } from './index-snapshot.ts'
import { createSessionOrder, type Place } from './session-order.ts'
import { createTouchedSessions, type TouchedSessions } from './touched-sessions.ts'

/**
 * What sessions there are, by the time of their files, without looking at all of these for each page. Whoever is about
 * to write to a session names it first, see {@link TouchedSessions}; from then on its file is looked at again for each
 * page, for as long as it is claimed. Nothing here is more than what the files say: it may be removed while nothing runs.
 */
export interface SessionIndex {
  /** To be called with a session's claim before its file is written to, and before and after a file is added. */
  touch(id: string): Promise<void>
  /** The last updated first. @throws HostError `invalid_request` where the cursor is not one of ours. */
  page(options?: { limit?: number; cursor?: string | undefined }): Promise<{ ids: string[]; cursor?: string }>
  /** Resolves once no page is being made. */
  idle(): Promise<void>
}

interface IndexParts {
  files: SessionFiles
  claims: ClaimFiles
  touched: TouchedSessions
  snapshot: IndexSnapshot
}

/** From how many sessions on what is known is saved, as looking at all files takes longer than reading that. */
const saveFrom = 1000

/** How long a session that was named is waited for, in milliseconds: its file is added right after that. */
const awaitedMs = 60_000

/** After so many changes the next process is faster if it does not have to read them. */
const saveAfter = 5000

/** `files` and `claims` are those of the sessions. */
export function createSessionIndex(
  data: DataFolder,
  { files, claims }: Pick<IndexParts, 'files' | 'claims'>,
): SessionIndex {
  const folder = join(data.path, 'index')
  const touched = createTouchedSessions(data, folder)
  const parts: IndexParts = { files, claims, touched, snapshot: createIndexSnapshot(data, folder) }
  const queue = createKeyedQueue()
  let known: IndexState | undefined
  let unsaved = 0

  async function latest(): Promise<IndexState> {
    const former = known ?? (await loadState(parts))
    const refreshed = former && (await refresh(parts, former))
    known = refreshed?.state ?? (await readAll(parts))
    unsaved = refreshed ? unsaved + refreshed.changes : Number.POSITIVE_INFINITY
    if (unsaved > saveAfter && known.order.size >= saveFrom) await save(known)
    return known
  }
  async function save(state: IndexState): Promise<void> {
    unsaved = 0
    try {
      await parts.snapshot.save(state)
    } catch (error) {
      data.log.warn({ err: error }, 'the list of sessions could not be saved: the next start takes longer')
    }
  }
  return {
    touch: touched.add,
    page: ({ limit = 50, cursor } = {}) => queue.run('', async () => (await latest()).order.page(limit, cursor)),
    idle: queue.idle,
  }
}

/** What another process knew, with what was copied here or removed by hand since. */
async function loadState({ files, snapshot }: IndexParts): Promise<IndexState | undefined> {
  const state = await snapshot.load()
  if (!state) return undefined
  const { order } = state
  const ids = new Set(await files.ids())
  const added = [...ids].filter((id) => !order.has(id))
  const gone = order.all().filter(({ id }) => !ids.has(id))
  await lookAt(files, [...added, ...gone.map(({ id }) => id)], order.set)
  return state
}

/** Looks at what may have changed; `undefined` where that is not known any more. */
async function refresh(
  { files, claims, touched }: IndexParts,
  { order, position, watched }: IndexState,
): Promise<{ state: IndexState; changes: number } | undefined> {
  const since = await touched.since(position)
  if (!since) return undefined
  // In this order: a session whose name was read and that is not claimed any more will not change until it is named again.
  const claimed = new Set((await claims.names()).map(fromFileName))
  const named = new Set(since.ids)
  const until = Date.now() + awaitedMs
  const stillWatched = new Map<string, number>()
  await lookAt(files, new Set([...watched.keys(), ...named]), (id, modifiedAt) => {
    order.set(id, modifiedAt)
    const awaitedUntil = named.has(id) ? until : (watched.get(id) ?? 0)
    if (claimed.has(id) || (modifiedAt === undefined && awaitedUntil > Date.now())) stillWatched.set(id, awaitedUntil)
  })
  return { state: { order, position: since.position, watched: stillWatched }, changes: named.size }
}

/** Looks at all files there are. */
async function readAll({ files, claims, touched }: IndexParts): Promise<IndexState> {
  const position = await touched.recent()
  const claimed = (await claims.names()).map(fromFileName)
  const places: Place[] = []
  await lookAt(files, await files.ids(), (id, modifiedAt) => {
    if (modifiedAt !== undefined) places.push({ id, modifiedAt })
  })
  return { order: createSessionOrder(places), position, watched: new Map(claimed.map((id) => [id, 0])) }
}

/** More at once would keep everything else that reads and writes waiting. */
const atOnce = 16

async function lookAt(
  files: SessionFiles,
  ids: Iterable<string>,
  found: (id: string, modifiedAt: number | undefined) => void,
): Promise<void> {
  const left = [...ids].values()
  const look = async (): Promise<void> => {
    for (const id of left) found(id, (await files.state(id))?.modifiedAt)
  }
  await Promise.all(Array.from({ length: atOnce }, look))
}
