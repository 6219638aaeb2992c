import { z } from 'zod'
import type { Database } from '../../postgres/database.ts'
import { json } from '../../postgres/values.ts'
import { type RecordLifetimes, recordLifetimes, recordSchema, type RecordStore } from '../record-store.ts'
import { checkId } from '../session.ts'

const rowSchema = z.object({ record: json.pipe(recordSchema) })

/** `$3`: the lifetime of the kind in milliseconds, or null. */
const isThere = `($3::bigint is null or put_at > now() - $3::bigint * interval '1 millisecond')`

/** Keeps each record in a row of its own, found by the primary key. */
export function createPostgresRecordStore(
  { query }: Database,
  lifetimes: RecordLifetimes = recordLifetimes,
): RecordStore {
  return {
    async put(kind, id, record) {
      checkId(id)
      await query(
        `insert into agent_host.records (kind, id, record) values ($1, $2, $3)
         on conflict (kind, id) do update set record = excluded.record, put_at = excluded.put_at`,
        [kind, id, JSON.stringify(record)],
      )
    },
    async get(kind, id) {
      checkId(id)
      const [row] = await query(`select record from agent_host.records where kind = $1 and id = $2 and ${isThere}`, [
        kind,
        id,
        lifetimes[kind],
      ])
      return row && rowSchema.parse(row).record
    },
    async delete(kind, id) {
      checkId(id)
      const rows = await query(
        `delete from agent_host.records where kind = $1 and id = $2 and ${isThere} returning id`,
        [kind, id, lifetimes[kind]],
      )
      return rows.length > 0
    },
    async removeOld() {
      let removed = 0
      for (const [kind, lifetime] of Object.entries(lifetimes)) {
        const rows = await query(
          `delete from agent_host.records
           where kind = $1 and put_at <= now() - $2 * interval '1 millisecond' returning id`,
          [kind, lifetime],
        )
        removed += rows.length
      }
      return removed
    },
  }
}
