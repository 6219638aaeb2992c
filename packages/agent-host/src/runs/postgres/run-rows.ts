import { z } from 'zod'
import type { Row } from '../../postgres/database.ts'
import { json, time } from '../../postgres/values.ts'
import type { Claim } from '../../sessions/claim.ts'
import { type Run, runSchema } from '../run.ts'

/** What {@link toRun} needs of a row. */
export const runColumns = `id, session_id, state, owner, token, expires_at, model, endpoint, created_at, started_at, ended_at,
  error, last_sequence, cancel_requested`

const rowSchema = z.object({
  id: z.string(),
  session_id: z.string(),
  state: z.string(),
  owner: z.string(),
  token: z.coerce.number(),
  expires_at: time,
  model: z.string().nullable(),
  endpoint: z.string().nullable(),
  created_at: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
  error: json.nullable(),
  last_sequence: z.coerce.number(),
  cancel_requested: z.boolean(),
})

export function toRun(row: Row): Run {
  const read = rowSchema.parse(row)
  const { id, state, owner, model, endpoint, error, started_at: startedAt, ended_at: endedAt } = read
  return runSchema.parse({
    id,
    sessionId: read.session_id,
    state,
    owner,
    expiresAt: read.expires_at,
    createdAt: read.created_at,
    ...(model !== null && { model }),
    ...(endpoint !== null && { endpoint }),
    ...(startedAt !== null && { startedAt }),
    ...(endedAt !== null && { endedAt }),
    ...(error !== null && { error }),
    lastSequence: read.last_sequence,
    cancelRequested: read.cancel_requested,
  })
}

export function toClaim(row: Row): Claim {
  const { id, owner, token, expires_at: expiresAt } = rowSchema.parse(row)
  return { id, owner, token, expiresAt }
}

/** The key under which changes of a run are told, and, with this at its end, its events and its end. */
export const runKey = (id: string): string => `run:${id}`
export const logKey = (id: string): string => `${runKey(id)}:log`
