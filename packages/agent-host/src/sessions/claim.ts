import { HostError } from '../core/errors.ts'

/**
 * The right to write to one session or run, for a while, through the store that gave it. Only the newest token of a
 * thing is ever good.
 */
export interface Claim {
  /** Of the session or run. */
  id: string
  /** Who holds it: for a session the id of the run, for a run the name of the process. */
  owner: string
  /** Grows with every claim on the same thing, for as long as that exists. */
  token: number
  /** ISO 8601; from then on it is refused, unless renewed before. */
  expiresAt: string
}

export type ClaimAttempt =
  | { claimed: true; claim: Claim }
  /** Somebody holds it, at least until then unless they release it. */
  | { claimed: false; owner: string; expiresAt: string }

/** Claims on sessions: who may add to one. */
export interface SessionClaims {
  /**
   * Takes the session where nobody holds it. A claim that has expired may be taken over.
   *
   * @throws HostError `not_found`.
   */
  claim(id: string, owner: string, ttlMs: number): Promise<ClaimAttempt>
  /** @throws HostError `stale_claim` where it has expired or somebody else has claimed since. */
  renew(claim: Claim, ttlMs: number): Promise<Claim>
  /** Nothing happens where it is stale. */
  release(claim: Claim): Promise<void>
  /**
   * Resolves once nobody holds the session, or at the abort. Somebody else may have claimed it again by the time that
   * this is known.
   */
  released(id: string, signal?: AbortSignal): Promise<void>
}

/** Waits for its turn and claims. @throws the signal's reason at the abort; HostError `not_found`. */
export async function claimWhenFree(
  claims: SessionClaims,
  id: string,
  owner: string,
  { ttlMs, signal }: { ttlMs: number; signal: AbortSignal },
): Promise<Claim> {
  while (true) {
    signal.throwIfAborted()
    const attempt = await claims.claim(id, owner, ttlMs)
    if (attempt.claimed) return attempt.claim
    await claims.released(id, signal)
  }
}

export function staleClaim({ id, owner, token }: Claim): HostError {
  const message = `The claim of ${owner} on ${id} has expired or was taken over, so that nothing was written.`
  return new HostError('stale_claim', message, { details: { id, token } })
}

/** When a claim that is made now expires. */
export function inFuture(ttlMs: number): string {
  return new Date(Date.now() + ttlMs).toISOString()
}
