import { z } from 'zod'
import { waitUntil } from '../../core/wait-until.ts'
import { changed, type Database } from '../../postgres/database.ts'
import { time } from '../../postgres/values.ts'
import { type SessionClaims, staleClaim } from '../claim.ts'
import { checkId, noSession } from '../session.ts'

/** What is told while the connection that listens is lost is looked for after so many milliseconds. */
const lookAgainInMs = 5000

const claimRow = z.object({ token: z.coerce.number(), expires_at: time })
const holderRow = z.object({ owner: z.string(), expires_at: time, left_ms: z.coerce.number() })

/** The key under which changes of a session's claim are told. */
export const sessionKey = (id: string): string => `session:${id}`

/** Who holds a session now, and for how long by the clock of the database. */
export interface Holder {
  owner: string
  expiresAt: string
  leftMs: number
}

/** `undefined` where nobody does, `null` where there is no such session. */
export async function findHolder({ query }: Database, id: string): Promise<Holder | null | undefined> {
  const [row] = await query(
    `select owner, expires_at, extract(epoch from expires_at - clock_timestamp()) * 1000 as left_ms
     from agent_host.sessions where id = $1`,
    [id],
  )
  if (!row) return null
  if (row.owner === null) return undefined
  const { owner, expires_at: expiresAt, left_ms: leftMs } = holderRow.parse(row)
  return leftMs > 0 ? { owner, expiresAt, leftMs } : undefined
}

/** The clock of the database says when a claim ends, so that processes with clocks of their own agree. */
export function createPostgresClaims(database: Database): SessionClaims {
  const { query, changes } = database
  return {
    async claim(id, owner, ttlMs) {
      checkId(id)
      while (true) {
        const [row] = await query(
          `update agent_host.sessions
           set owner = $2, token = nextval('agent_host.tokens'), expires_at = clock_timestamp() + $3 * interval '1 ms'
           where id = $1 and (owner is null or expires_at <= clock_timestamp()) returning token, expires_at`,
          [id, owner, ttlMs],
        )
        if (row) {
          const { token, expires_at: expiresAt } = claimRow.parse(row)
          return { claimed: true, claim: { id, owner, token, expiresAt } }
        }
        const holder = await findHolder(database, id)
        if (holder === null) throw noSession(id)
        // Otherwise it was let go between the two statements.
        if (holder) return { claimed: false, owner: holder.owner, expiresAt: holder.expiresAt }
      }
    },
    async renew(claim, ttlMs) {
      const [row] = await query(
        `update agent_host.sessions set expires_at = clock_timestamp() + $3 * interval '1 ms'
         where id = $1 and token = $2 and owner is not null and expires_at > clock_timestamp()
         returning token, expires_at`,
        [claim.id, claim.token, ttlMs],
      )
      if (!row) throw staleClaim(claim)
      return { ...claim, expiresAt: claimRow.parse(row).expires_at }
    },
    async release({ id, token }) {
      await query(
        `with freed as (
           update agent_host.sessions set owner = null, expires_at = null where id = $1 and token = $2 returning id
         )
         select ${changed('$3')} from freed`,
        [id, token, sessionKey(id)],
      )
    },
    async released(id, signal) {
      checkId(id)
      if ((await findHolder(database, id)) === null) throw noSession(id)
      await waitUntil(changes, sessionKey(id), signal, async () => {
        const holder = await findHolder(database, id)
        if (!holder) return { found: true, value: undefined }
        return { found: false, lookAgainInMs: Math.min(lookAgainInMs, Math.ceil(holder.leftMs)) }
      })
    },
  }
}
