import type { Redis } from '../../redis/connection.ts'
import { checkId } from '../../sessions/session.ts'

/** The keys of one run; a cluster keeps both in one place, by what is between the braces. */
export interface RunKeys {
  /** Hash: the run and its claim. Also the channel that tells of changes to it. */
  about: string
  /** Stream of events, whose ids are their numbers. Also the channel that tells of them, and of the run's end. */
  log: string
  both: [about: string, log: string]
}

/** @throws HostError `invalid_request` where the id cannot be one. */
export function runKeys({ prefix }: Redis, id: string): RunKeys {
  checkId(id)
  const base = `${prefix}{run:${id}}:`
  const about = `${base}about`
  const log = `${base}log`
  return { about, log, both: [about, log] }
}
