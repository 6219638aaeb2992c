import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Database, type Row, violates } from '../../postgres/database.ts'
import { callStarted, followHead, prepareDrafts } from '../accept-drafts.ts'
import { type Claim, staleClaim } from '../claim.ts'
import type { Entry, EntryDraft } from '../entry.ts'
import { noEntry } from '../session.ts'

const resultRow = z.object({ held: z.boolean(), head: z.string().nullable(), missing: z.string().nullable() })

/**
 * One statement, so that the claim is good and the parents are there for as long as the entries are written. The row of
 * the session is locked: whoever claims it waits until the entries are in.
 */
const statement = `
with held as (
  select id, head, entry_count from agent_host.sessions
  where id = $1 and token = $2 and owner is not null and expires_at > clock_timestamp() for update
), missing as (
  select wanted from unnest($3::text[]) as wanted, held
  where not exists (select from agent_host.entries where session_id = held.id and entries.id = wanted)
), added as (
  insert into agent_host.entries (session_id, position, id, parent_id, entry, intent)
  select held.id, held.entry_count + n, e.id, case when n = 1 and $4 then held.head else e.parent_id end, entry, intent
  from held, unnest($5::text[], $6::text[], $7::text[], $8::text[]) with ordinality as e (id, parent_id, entry, intent, n)
  where not exists (select from missing)
), moved as (
  update agent_host.sessions set head = $9, updated_at = $10, entry_count = held.entry_count + cardinality($5::text[])
  from held where sessions.id = held.id and cardinality($5::text[]) > 0 and not exists (select from missing)
)
select exists (select from held) as held, (select head from held) as head, (select wanted from missing limit 1) as missing
`

/** @throws what `SessionStore.append` says. */
export async function appendEntries(database: Database, claim: Claim, drafts: readonly EntryDraft[]): Promise<Entry[]> {
  const { id, token } = claim
  const { entries, followsHead, parents, intents } = prepareDrafts(id, drafts)
  const last = entries.at(-1)
  // No entry has such an id, and PostgreSQL takes no text with one.
  const wanted = parents.map((parent) => parent.replaceAll('\0', '?'))
  const values = [id, token, wanted, followsHead, ...toColumns(entries, intents), last?.id, last?.at]
  const row = await database.query(statement, values).catch(async (error: unknown) => {
    if (violates(error, 'entries_intent')) throw callStarted(id, await findStarted(database, id, drafts, intents))
    throw error
  })
  const { held, head, missing } = resultRow.parse(row[0])
  if (!held) throw staleClaim(claim)
  if (missing !== null) throw noEntry(id, missing)
  return followsHead ? followHead(entries, head) : entries
}

/** Ids, parents, entries without these as JSON, and intents. */
export function toColumns(
  entries: readonly Entry[],
  intents: readonly (string | undefined)[],
): [string[], (string | null)[], string[], (string | null)[]] {
  return [
    entries.map(({ id }) => id),
    entries.map(({ parentId }) => parentId),
    entries.map(({ id: _id, parentId: _parentId, ...entry }) => JSON.stringify(entry)),
    intents.map((key) => (key === undefined ? null : hashOf(key))),
  ]
}

/** Which of the drafts has a call that was started before; for the message. */
async function findStarted(
  { query }: Database,
  id: string,
  drafts: readonly EntryDraft[],
  intents: readonly (string | undefined)[],
): Promise<EntryDraft['body'] | undefined> {
  const keys = intents.map((key) => (key === undefined ? '' : hashOf(key)))
  const rows: Row[] = await query(
    'select intent from agent_host.entries where session_id = $1 and intent = any ($2::text[])',
    [id, keys],
  )
  const known = new Set(rows.map(({ intent }) => intent))
  return drafts[keys.findIndex((key, i) => known.has(key) || (key !== '' && keys.indexOf(key) < i))]?.body
}

/** Call ids may be longer than an index takes. */
function hashOf(intent: string): string {
  return createHash('sha256').update(intent).digest('hex')
}
