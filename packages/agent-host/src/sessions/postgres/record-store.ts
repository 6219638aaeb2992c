import { z } from 'zod'
import type { Database } from '../../postgres/database.ts'
import { json } from '../../postgres/values.ts'
import { recordSchema, type RecordStore } from '../record-store.ts'
import { checkId } from '../session.ts'

const rowSchema = z.object({ record: json.pipe(recordSchema) })

/** Keeps each record in a row of its own, found by the primary key. */
export function createPostgresRecordStore({ query }: Database): RecordStore {
  return {
    async put(kind, id, record) {
      checkId(id)
      await query(
        `insert into agent_host.records (kind, id, record) values ($1, $2, $3)
         on conflict (kind, id) do update set record = excluded.record`,
        [kind, id, JSON.stringify(record)],
      )
    },
    async get(kind, id) {
      checkId(id)
      const [row] = await query('select record from agent_host.records where kind = $1 and id = $2', [kind, id])
      return row && rowSchema.parse(row).record
    },
    async delete(kind, id) {
      checkId(id)
      const rows = await query('delete from agent_host.records where kind = $1 and id = $2 returning id', [kind, id])
      return rows.length > 0
    },
  }
}
