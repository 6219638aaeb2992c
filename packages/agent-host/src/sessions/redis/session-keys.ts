import type { Redis } from '../../redis/connection.ts'
import { checkId } from '../session.ts'

/** The keys of one session; a cluster keeps all of them in one place, by what is between the braces. */
export interface SessionKeys {
  /** Hash: what it is about, its head, and its claim. Also the channel that tells of changes. */
  about: string
  /** All four, as the scripts take them: `about`; list of entries as JSON; sets of entry ids, and of started calls. */
  all: [about: string, entries: string, ids: string, intents: string]
}

/** @throws HostError `invalid_request` where the id cannot be one. */
export function sessionKeys({ prefix }: Redis, id: string): SessionKeys {
  checkId(id)
  const base = `${prefix}{session:${id}}:`
  const about = `${base}about`
  return { about, all: [about, `${base}entries`, `${base}ids`, `${base}intents`] }
}
