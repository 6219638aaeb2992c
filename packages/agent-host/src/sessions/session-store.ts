import type { Claim, SessionClaims } from './claim.ts'
import type { Entry, EntryDraft } from './entry.ts'
import type { NewSession, Session } from './session.ts'

export interface SessionPage {
  sessions: Session[]
  /** For the next page; absent on the last. */
  cursor?: string
}

/**
 * Keeps conversations. What is resolved is kept, on durable stores through a crash and a power cut. Whoever adds to a
 * session holds its claim; everything else needs none. Every method with an id throws HostError `invalid_request`
 * where it cannot be one, and `not_found` where there is no such session unless it says otherwise.
 */
export interface SessionStore extends SessionClaims {
  /** @throws HostError `session_exists`. */
  create(session?: NewSession): Promise<Session>
  /** `undefined` where there is none. */
  get(id: string): Promise<Session | undefined>
  /**
   * The last updated first.
   *
   * @param page `limit` is 50 by default; `cursor` is that of the page before.
   * @throws HostError `invalid_request` where the cursor is not one of ours.
   */
  list(page?: { limit?: number; cursor?: string | undefined }): Promise<SessionPage>
  /** Sets what is given. */
  change(id: string, change: { title?: string; metadata?: Record<string, string> }): Promise<Session>
  /** @throws HostError `session_busy` where somebody holds it. */
  delete(id: string): Promise<void>
  /**
   * A new session with a copy of the conversation up to the entry, which lives on its own from there. The copy keeps
   * the ids of the entries.
   *
   * @throws HostError `not_found` for the entry too; `session_exists`.
   */
  fork(id: string, entryId: string, session?: NewSession): Promise<Session>
  /** All branches, in the order in which they were added: the last one is the head. */
  entries(id: string): Promise<readonly Entry[]>
  /**
   * Adds all of the entries or none, in order and durably, and gives them as they were stored.
   *
   * @throws HostError `stale_claim`; `call_started` where a call has an intent already; `not_found` for a parent that
   *   is not in the session.
   */
  append(claim: Claim, drafts: readonly EntryDraft[]): Promise<Entry[]>
}
