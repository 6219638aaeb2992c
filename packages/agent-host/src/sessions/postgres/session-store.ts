import { z } from 'zod'
import { createId } from '../../core/ids.ts'
import { createKeyedQueue } from '../../core/keyed-queue.ts'
import { changed, type Database, type Row } from '../../postgres/database.ts'
import { json, time } from '../../postgres/values.ts'
import { type Entry, intentKey, pathTo, storedEntrySchema } from '../entry.ts'
import {
  checkId,
  type NewSession,
  noEntry,
  noSession,
  type Session,
  sessionBusy,
  sessionExists,
  sessionSchema,
} from '../session.ts'
import { fromCursor, toCursor } from '../session-page.ts'
import type { SessionStore } from '../session-store.ts'
import { appendEntries, toColumns } from './append-entries.ts'
import { createPostgresClaims, findHolder, sessionKey } from './session-claims.ts'

const columns = 'id, title, metadata, forked_from, created_at, updated_at'

/** Keeps conversations in PostgreSQL, where processes share them. */
export function createPostgresSessionStore(database: Database): SessionStore {
  const { query } = database
  /** In this process appends keep their order; between processes the claim decides. */
  const queue = createKeyedQueue()
  const entries = async (id: string): Promise<Entry[]> => {
    checkId(id)
    const rows = await query(selectEntries, [id])
    if (rows.length === 0) throw noSession(id)
    return toEntries(rows.filter((row) => row.id !== null))
  }
  return {
    ...createPostgresClaims(database),
    entries,
    create: (session = {}) => addSession(database, session, []),
    append: (claim, drafts) => queue.run(claim.id, () => appendEntries(database, claim, drafts)),
    async get(id) {
      checkId(id)
      const [row] = await query(`select ${columns} from agent_host.sessions where id = $1`, [id])
      return row && toSession(row)
    },
    async list({ limit = 50, cursor } = {}) {
      const after = cursor === undefined ? undefined : fromCursor(cursor)
      const rows = await query(
        `select ${columns} from agent_host.sessions ${after ? 'where (updated_at, id) < ($2, $3)' : ''}
         order by updated_at desc, id desc limit $1`,
        [limit + 1, ...(after ? [after.updatedAt, after.id] : [])],
      )
      const sessions = rows.slice(0, limit).map(toSession)
      const last = sessions.at(-1)
      return { sessions, ...(last && rows.length > limit && { cursor: toCursor(last) }) }
    },
    async change(id, { title, metadata }) {
      checkId(id)
      const values = [title, metadata].map((value) => (value === undefined ? null : JSON.stringify(value)))
      const [row] = await query(
        `update agent_host.sessions set title = coalesce($2, title), metadata = coalesce($3, metadata)
         where id = $1 returning ${columns}`,
        [id, ...values],
      )
      if (!row) throw noSession(id)
      return toSession(row)
    },
    delete: (id) => removeSession(database, id),
    async fork(id, entryId, session = {}) {
      const path = pathTo(await entries(id), entryId)
      if (path.length === 0) throw noEntry(id, entryId)
      return await addSession(database, session, path, { sessionId: id, entryId })
    },
  }
}

async function addSession(
  { query }: Database,
  { id = createId('session'), title = '', metadata = {} }: NewSession,
  copied: readonly Entry[],
  forkedFrom?: Session['forkedFrom'],
): Promise<Session> {
  checkId(id)
  const about = [JSON.stringify(title), JSON.stringify(metadata), forkedFrom ? JSON.stringify(forkedFrom) : null]
  const intents = copied.map(({ body }) => intentKey(body))
  const values = [id, ...about, new Date(), copied.at(-1)?.id, ...toColumns(copied, intents)]
  const [row] = await query(insertSession, values)
  if (!row) throw sessionExists(id)
  return toSession(row)
}

async function removeSession(database: Database, id: string): Promise<void> {
  checkId(id)
  const [gone] = await database.query(deleteSession, [id, sessionKey(id)])
  if (gone) return
  const holder = await findHolder(database, id)
  if (holder === null) throw noSession(id)
  // Let go between the two statements: it was in use all the same.
  throw sessionBusy(id, holder ?? { owner: 'another', expiresAt: new Date().toISOString() })
}

const insertSession = `
with added as (
  insert into agent_host.sessions (id, title, metadata, forked_from, created_at, updated_at, head, entry_count)
  values ($1, $2, $3, $4, $5, $5, $6, cardinality($7::text[]))
  on conflict (id) do nothing returning ${columns}
), copied as (
  insert into agent_host.entries (session_id, position, id, parent_id, entry, intent)
  select added.id, n, e.id, e.parent_id, entry, intent
  from added, unnest($7::text[], $8::text[], $9::text[], $10::text[]) with ordinality as e (id, parent_id, entry, intent, n)
)
select ${columns} from added
`

/** One row without an entry for a session that has none, no row where there is no session. */
const selectEntries = `
select entries.id, parent_id, entry from agent_host.sessions
left join agent_host.entries on session_id = sessions.id where sessions.id = $1 order by position
`

const deleteSession = `
with gone as (
  delete from agent_host.sessions where id = $1 and (owner is null or expires_at <= clock_timestamp()) returning id
)
select ${changed('$2')} from gone
`

const sessionRow = z
  .object({
    id: z.string(),
    title: json,
    metadata: json,
    forked_from: json.nullable(),
    created_at: time,
    updated_at: time,
  })
  .transform(({ id, title, metadata, forked_from: forkedFrom, created_at: createdAt, updated_at: updatedAt }) => ({
    id,
    title,
    createdAt,
    updatedAt,
    metadata,
    ...(forkedFrom !== null && { forkedFrom }),
  }))
  .pipe(sessionSchema)

function toSession(row: Row): Session {
  return sessionRow.parse(row)
}

const entryRow = z.object({ id: z.string(), parent_id: z.string().nullable(), entry: z.string() })

function toEntries(rows: readonly Row[]): Entry[] {
  const read = rows.map((row) => entryRow.parse(row))
  // Parsed at once, which is faster than one by one.
  const bodies = z.array(z.looseObject({})).parse(JSON.parse(`[${read.map(({ entry }) => entry).join(',')}]`))
  return z
    .array(storedEntrySchema)
    .parse(read.map(({ id, parent_id: parentId }, i) => ({ ...bodies[i], id, parentId })))
}
