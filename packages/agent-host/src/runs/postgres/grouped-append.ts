import { z } from 'zod'
import { HostError } from '../../core/errors.ts'
import { changed, type Database } from '../../postgres/database.ts'
import { type Claim, staleClaim } from '../../sessions/claim.ts'
import { newEvents } from '../new-events.ts'
import type { RunStore } from '../run-store.ts'
import { logKey } from './run-rows.ts'

/** The events of one run that are to be written together. */
interface Append {
  claim: Claim
  from: number
  texts: readonly string[]
  /** Settles with the number that the log ended with before; `undefined` where the claim is not good. */
  written: PromiseWithResolvers<number | undefined>
}

/** Appends that a statement takes: it tells of all of them in one notification, which holds 8,000 bytes. */
const mostAppends = 60

/**
 * `append` for all runs of this process: what comes while a statement is under way is the next statement, so that many
 * runs at once cost the database one transaction and one wait for the disk.
 */
export function createGroupedAppend(database: Database): RunStore['append'] {
  let waiting: Append[] = []
  let busy = false

  async function writeAll(): Promise<void> {
    busy = true
    while (waiting.length > 0) {
      const { group, rest } = nextGroup(waiting)
      waiting = rest
      await writeGroup(database, group)
    }
    busy = false
  }

  return async (claim, from, events) => {
    const written = Promise.withResolvers<number | undefined>()
    waiting.push({ claim, from, texts: events.map((event) => JSON.stringify(event)), written })
    if (!busy) void writeAll()
    const last = await written.promise
    if (last === undefined) throw staleClaim(claim)
    // Only to refuse a gap: what was not in the log yet was added.
    newEvents(claim.id, last, from, events)
  }
}

/** Of each run its first. */
function nextGroup(waiting: readonly Append[]): { group: Append[]; rest: Append[] } {
  const group = new Map<string, Append>()
  const rest: Append[] = []
  for (const each of waiting) {
    if (group.has(each.claim.id) || group.size === mostAppends) rest.push(each)
    else group.set(each.claim.id, each)
  }
  return { group: [...group.values()], rest }
}

/** Never throws: what the database says, each append says to whom it came from. */
async function writeGroup(database: Database, group: readonly Append[]): Promise<void> {
  try {
    const ends = await insert(database, group)
    for (const { claim, written } of group) written.resolve(ends.get(claim.id))
  } catch (error) {
    const isRefused = error instanceof HostError && error.code === 'store_failed'
    // What the database does not take of one run is not to end the others.
    if (isRefused && group.length > 1) await Promise.all(group.map((each) => writeGroup(database, [each])))
    else for (const { written } of group) written.reject(error)
  }
}

const endRow = z.object({ id: z.string(), last_sequence: z.coerce.number() })

/** Gives the number that each log ended with before; none for a claim that is not good. */
async function insert({ query }: Database, group: readonly Append[]): Promise<Map<string, number>> {
  const ids = group.flatMap(({ claim, texts }) => texts.map(() => claim.id))
  const numbers = group.flatMap(({ from, texts }) => texts.map((_, i) => from + i))
  const rows = await query(insertEvents, [
    group.map(({ claim }) => claim.id),
    group.map(({ claim }) => claim.token),
    group.map(({ from }) => from),
    group.map(({ texts }) => texts.length),
    ids,
    numbers,
    group.flatMap(({ texts }) => texts),
  ])
  return new Map(rows.map((row) => endRow.parse(row)).map(({ id, last_sequence: last }) => [id, last]))
}

const keyOfRow = `'${logKey("' || id || '")}'`

/** Rows are locked in the order of their ids, so that no two statements wait for each other. */
const insertEvents = `
with held as (
  select runs.id, last_sequence, first, count
  from agent_host.runs join unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) as asked (id, token, first, count)
    on runs.id = asked.id and runs.token = asked.token
  where ended_at is null and expires_at > clock_timestamp() order by runs.id for update of runs
), added as (
  insert into agent_host.run_events (run_id, sequence, event)
  select event.id, sequence, text
  from unnest($5::text[], $6::bigint[], $7::text[]) as event (id, sequence, text) join held on held.id = event.id
  where first <= last_sequence + 1 and sequence > last_sequence
), moved as (
  update agent_host.runs set last_sequence = greatest(held.last_sequence, first + count - 1)
  from held where runs.id = held.id and first <= held.last_sequence + 1
), told as (
  select ${changed(`string_agg(${keyOfRow}, ' ')`)} from held having count(*) > 0
)
select id, last_sequence, (select count(*) from told) from held
`
