import { HostError } from '../core/errors.ts'
import type { Claim } from '../sessions/claim.ts'

/** A claim that is kept alive for as long as it is needed. */
export interface Lease {
  /** As it was last renewed. */
  claim(): Claim
  /** Aborts once the claim is lost, with the reason: from then on nothing more may be done under it. */
  readonly signal: AbortSignal
  /** Stops renewing it. */
  end(): void
}

/** Renews the claim three times in its life. A store that does not answer is asked again until the claim runs out. */
export function holdLease(first: Claim, renew: (claim: Claim, ttlMs: number) => Promise<Claim>, ttlMs: number): Lease {
  const lost = new AbortController()
  let claim = first
  let renewing = false

  async function renewNow(): Promise<void> {
    try {
      claim = await renew(claim, ttlMs)
    } catch (error) {
      const isStale = error instanceof HostError && (error.code === 'stale_claim' || error.code === 'not_found')
      if (isStale || Date.parse(claim.expiresAt) <= Date.now()) lost.abort(error)
    }
  }

  const timer = setInterval(() => {
    if (renewing || lost.signal.aborted) return
    renewing = true
    void renewNow().finally(() => (renewing = false))
  }, ttlMs / 3)
  return { claim: () => claim, signal: lost.signal, end: () => clearInterval(timer) }
}
