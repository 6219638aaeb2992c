import { changed, type Database, type Row } from '../../postgres/database.ts'
import { type Claim, staleClaim } from '../../sessions/claim.ts'
import { checkId } from '../../sessions/session.ts'
import { noRun, runExists } from '../run.ts'
import type { RunStore } from '../run-store.ts'
import { logKey, runColumns, runKey, toClaim, toRun } from './run-rows.ts'

type Life = 'create' | 'get' | 'start' | 'end' | 'renew' | 'takeOver' | 'lost' | 'removeEnded'

/** Where the claim $2 on the run $1 is good. */
const held = 'id = $1 and token = $2 and ended_at is null and expires_at > clock_timestamp()'
const inFuture = (parameter: string): string => `clock_timestamp() + ${parameter} * interval '1 ms'`

/** The clock of the database says when a claim ends, so that processes with clocks of their own agree. */
export function createPostgresRunLife({ query }: Database): Pick<RunStore, Life> {
  const change = async (claim: Claim, set: string, values: readonly unknown[]): Promise<Row> => {
    const [row] = await query(
      `with changed as (update agent_host.runs set ${set} where ${held} returning ${runColumns})
       select changed.*, ${changed('$3')}, ${changed('$4')} from changed`,
      [claim.id, claim.token, runKey(claim.id), logKey(claim.id), ...values],
    )
    if (!row) throw staleClaim(claim)
    return row
  }
  return {
    async create({ id, sessionId, endpoint, owner, ttlMs }) {
      checkId(id)
      const [row] = await query(
        `insert into agent_host.runs (id, session_id, state, owner, token, created_at, expires_at, endpoint)
         values ($1, $2, 'queued', $3, 1, $5, ${inFuture('$4')}, $6) on conflict (id) do nothing returning ${runColumns}`,
        [id, sessionId, owner, ttlMs, new Date(), endpoint ?? null],
      )
      if (!row) throw runExists(id)
      return toClaim(row)
    },
    async get(id) {
      checkId(id)
      const [row] = await query(`select ${runColumns} from agent_host.runs where id = $1`, [id])
      return row && toRun(row)
    },
    async start(claim, model) {
      await change(claim, `state = 'running', model = $5, started_at = $6`, [model, new Date()])
    },
    async end(claim, state, error) {
      const values = [state, new Date(), error ? JSON.stringify(error) : null]
      await change(claim, 'state = $5, ended_at = $6, error = $7', values)
    },
    renew: async (claim, ttlMs) => toClaim(await change(claim, `expires_at = ${inFuture('$5')}`, [ttlMs])),
    async takeOver(id, owner, ttlMs) {
      checkId(id)
      const [row] = await query(
        `update agent_host.runs set owner = $2, token = token + 1, expires_at = ${inFuture('$3')}
         where id = $1 and ended_at is null and expires_at <= clock_timestamp() returning ${runColumns}`,
        [id, owner, ttlMs],
      )
      if (row) return toClaim(row)
      const [known] = await query('select id from agent_host.runs where id = $1', [id])
      if (!known) throw noRun(id)
      return undefined
    },
    async lost() {
      const rows = await query(
        `select ${runColumns} from agent_host.runs where ended_at is null and expires_at <= clock_timestamp()`,
      )
      return rows.map(toRun)
    },
    async removeEnded(before) {
      return (await query('delete from agent_host.runs where ended_at < $1 returning id', [before])).length
    },
  }
}
