import { z } from 'zod'
import { HostError } from '../core/errors.ts'

/** A conversation, without what was said in it. */
export const sessionSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  /** When an entry was last added, ISO 8601. */
  updatedAt: z.string(),
  metadata: z.record(z.string(), z.string()),
  /** Where the first entries were copied from. That session may be gone. */
  forkedFrom: z.object({ sessionId: z.string(), entryId: z.string() }).exactOptional(),
})

export type Session = z.output<typeof sessionSchema>

export interface NewSession {
  /** Letters, digits, `_` and `-`, at most 100. Default: a new id. */
  id?: string
  /** Default: empty. */
  title?: string
  metadata?: Record<string, string>
}

/** Ids of clients become names of files and keys, so that only plain ones are taken. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,100}$/.test(text)
}

/** @throws HostError `invalid_request` where it is not one that {@link isId} takes. */
export function checkId(id: string): void {
  if (isId(id)) return
  const shown = JSON.stringify(id.slice(0, 120))
  throw new HostError('invalid_request', `The id ${shown} is not one: use 1 to 100 letters, digits, "_" and "-".`)
}

export function noSession(id: string): HostError {
  return new HostError('not_found', `There is no session ${id}.`)
}

export function noEntry(sessionId: string, entryId: string): HostError {
  return new HostError('not_found', `There is no entry ${entryId} in the session ${sessionId}.`)
}

export function sessionExists(id: string): HostError {
  return new HostError('session_exists', `There is a session ${id} already.`)
}

export function sessionBusy(id: string, { owner, expiresAt }: { owner: string; expiresAt: string }): HostError {
  const message = `The session ${id} is in use by ${owner}. Try again later, or cancel that run.`
  return new HostError('session_busy', message, { details: { owner, expiresAt } })
}
