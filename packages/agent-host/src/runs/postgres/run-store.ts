import { z } from 'zod'
import type { AgentEvent } from '../../core/events.ts'
import { waitUntil } from '../../core/wait-until.ts'
import { changed, type Database } from '../../postgres/database.ts'
import { json } from '../../postgres/values.ts'
import { checkId } from '../../sessions/session.ts'
import { followRun } from '../follow-run.ts'
import { hasEnded, noRun, type Run } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { createGroupedAppend } from './grouped-append.ts'
import { createPostgresRunLife } from './run-life.ts'
import { logKey, runKey } from './run-rows.ts'

/** What is told while the connection that listens is lost is looked for after so many milliseconds. */
const lookAgainInMs = 5000

/** We wrote it ourselves, and events are many: only what makes it one is looked at. */
const eventRow = z.object({ sequence: z.coerce.number(), event: json.pipe(z.looseObject({ type: z.string() })) })

/** Keeps runs in PostgreSQL, where processes share them, and their events in a row each. */
export function createPostgresRunStore(database: Database): RunStore {
  const { query, changes } = database
  const life = createPostgresRunLife(database)
  const find = async (id: string): Promise<Run> => {
    const found = await life.get(id)
    if (!found) throw noRun(id)
    return found
  }
  const read: RunStore['read'] = async (id, after, limit) => {
    checkId(id)
    const rows = await query(selectEvents, [id, after, limit])
    if (rows.length === 0) throw noRun(id)
    const found = rows.filter(({ sequence }) => sequence !== null).map((row) => eventRow.parse(row))
    const events = found.map(({ sequence, event }) => ({ sequence, event: event as unknown as AgentEvent }))
    return { events, ended: rows[0]?.ended === true }
  }
  return {
    ...life,
    read,
    append: createGroupedAppend(database),
    follow: (id, after, signal) =>
      followRun(
        {
          read: (at, limit) => read(id, at, limit),
          subscribe: () => changes.subscribe(logKey(id), signal),
          lookAgainInMs: () => lookAgainInMs,
        },
        after,
        signal,
      ),
    async requestCancel(id) {
      checkId(id)
      const [row] = await query(requestCancel, [id, runKey(id)])
      if (!row) await find(id)
    },
    async cancelRequested(id, signal) {
      const asked = await waitUntil(changes, runKey(id), signal, async () => {
        const run = await find(id)
        return run.cancelRequested || hasEnded(run)
          ? { found: true, value: run.cancelRequested }
          : { found: false, lookAgainInMs }
      })
      return asked ?? false
    },
  }
}

/** One row without an event for a run that has none there, no row where there is no run. */
const selectEvents = `
select sequence, event, ended_at is not null as ended from agent_host.runs left join lateral (
  select sequence, event from agent_host.run_events where run_id = runs.id and sequence > $2 order by sequence limit $3
) as e on true where runs.id = $1 order by sequence
`

const requestCancel = `
with asked as (update agent_host.runs set cancel_requested = true where id = $1 and ended_at is null returning id)
select ${changed('$2')} from asked
`
