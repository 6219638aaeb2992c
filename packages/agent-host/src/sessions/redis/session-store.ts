import { z } from 'zod'
import { createId } from '../../core/ids.ts'
import type { Redis } from '../../redis/connection.ts'
import { toTime } from '../../redis/time.ts'
import { callStarted, followHead, prepareDrafts } from '../accept-drafts.ts'
import { type Claim, staleClaim } from '../claim.ts'
import { type Entry, type EntryDraft, intentKey, pathTo, storedEntrySchema } from '../entry.ts'
import {
  type NewSession,
  noEntry,
  noSession,
  type Session,
  sessionBusy,
  sessionExists,
  sessionSchema,
} from '../session.ts'
import type { SessionStore } from '../session-store.ts'
import { createRedisClaims } from './session-claims.ts'
import { createSessionIndex } from './session-index.ts'
import { sessionKeys } from './session-keys.ts'
import { appendEntries, changeSession, createSession, deleteSession } from './session-scripts.ts'

/** Keeps conversations in Redis, where processes share them. As durable as Redis is set to be. */
export function createRedisSessionStore(redis: Redis): SessionStore {
  const read = async (id: string): Promise<Session | undefined> => {
    const { about } = sessionKeys(redis, id)
    return toSession(id, await redis.call((client) => client.hGetAll(about)))
  }
  const { list, place, remove } = createSessionIndex(redis, read)
  const entries = async (id: string): Promise<Entry[]> => {
    const { all } = sessionKeys(redis, id)
    const [isThere, texts] = await redis.call((client) =>
      Promise.all([client.exists(all[0]), client.lRange(all[1], 0, -1)]),
    )
    if (isThere === 0) throw noSession(id)
    // Parsed at once, which is faster than one by one.
    return z.array(storedEntrySchema).parse(JSON.parse(`[${texts.join(',')}]`))
  }
  const add = async (about: NewSession, copied: Entry[], forkedFrom?: Session['forkedFrom']): Promise<Session> => {
    const session = await addSession(redis, about, copied, forkedFrom)
    await place(session.id, session.updatedAt)
    return session
  }
  return {
    ...createRedisClaims(redis),
    get: read,
    list,
    entries,
    create: (session = {}) => add(session, []),
    async change(id, { title, metadata }) {
      const fields = Object.entries({ title, metadata }).filter(([, value]) => value !== undefined)
      const args = fields.flatMap(([name, value]) => [name, JSON.stringify(value)])
      const found = toSession(id, fromPairs(await redis.run(changeSession, sessionKeys(redis, id).all, args)))
      if (!found) throw noSession(id)
      return found
    },
    async delete(id) {
      const [outcome, owner = '', expires] = await redis.run(deleteSession, sessionKeys(redis, id).all, [])
      if (outcome === 'none') throw noSession(id)
      if (outcome === 'held') throw sessionBusy(id, { owner, expiresAt: toTime(expires) })
      await remove(id)
    },
    async fork(id, entryId, session = {}) {
      const path = pathTo(await entries(id), entryId)
      if (path.length === 0) throw noEntry(id, entryId)
      return await add(session, path, { sessionId: id, entryId })
    },
    async append(claim, drafts) {
      const added = await append(redis, claim, drafts)
      const last = added.at(-1)
      if (last) await place(claim.id, last.at)
      return added
    },
  }
}

async function addSession(
  redis: Redis,
  { id = createId('session'), title = '', metadata = {} }: NewSession,
  copied: readonly Entry[],
  forkedFrom: Session['forkedFrom'],
): Promise<Session> {
  const at = new Date().toISOString()
  const about = [JSON.stringify(title), JSON.stringify(metadata), at, forkedFrom ? JSON.stringify(forkedFrom) : '']
  const entries = copied.flatMap((entry) => toArguments(entry))
  const [outcome] = await redis.run(createSession, sessionKeys(redis, id).all, [...about, ...entries])
  if (outcome === 'exists') throw sessionExists(id)
  return { id, title, createdAt: at, updatedAt: at, metadata, ...(forkedFrom && { forkedFrom }) }
}

async function append(redis: Redis, claim: Claim, drafts: readonly EntryDraft[]): Promise<Entry[]> {
  const { id, token } = claim
  const { entries, followsHead, parents } = prepareDrafts(id, drafts)
  const stored = entries.flatMap((entry, i) => toArguments(entry, i === 0 && followsHead))
  const args = [token, entries[0]?.at ?? '', followsHead ? 1 : 0, parents.length, ...parents, ...stored]
  const [outcome, about = ''] = await redis.run(appendEntries, sessionKeys(redis, id).all, args)
  if (outcome === 'stale') throw staleClaim(claim)
  if (outcome === 'no-parent') throw noEntry(id, about)
  if (outcome === 'started') throw callStarted(id, drafts[Number(about)]?.body)
  return followsHead ? followHead(entries, about === '' ? null : about) : entries
}

/** An entry as the scripts take it; its parent is left out where Redis alone knows it. */
function toArguments(entry: Entry, withoutParent = false): string[] {
  const { parentId, ...others } = entry
  const text = JSON.stringify(withoutParent ? others : { parentId, ...others })
  return [text, entry.id, intentKey(entry.body) ?? '']
}

const json = z.string().transform((text): unknown => JSON.parse(text))
const stored = z.object({ title: json, metadata: json, forkedFrom: json.exactOptional() }).loose()

function toSession(id: string, fields: Record<string, string>): Session | undefined {
  return 'title' in fields ? sessionSchema.parse({ ...stored.parse(fields), id }) : undefined
}

/** What HGETALL gives inside a script: names and values in turn. */
function fromPairs(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1] ?? '']] : [])))
}
