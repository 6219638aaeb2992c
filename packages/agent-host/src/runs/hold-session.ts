import { type Claim, claimWhenFree } from '../sessions/claim.ts'
import { sessionBusy } from '../sessions/session.ts'
import { holdLease, type Lease } from './lease.ts'
import { createSessionQueue } from './session-queue.ts'
import type { Stores } from './stores.ts'

/** What to do where another run has the session: wait for it, refuse, or cancel it. */
export type OnBusy = 'queue' | 'reject' | 'interrupt'

/** A session that one run has for itself. */
export interface HeldSession {
  lease: Lease
  /** Gives it to the next. May be called again. */
  release(): Promise<void>
}

export interface HoldRequest {
  sessionId: string
  runId: string
  onBusy: OnBusy
  /** Ends the wait. */
  signal: AbortSignal
}

/** @throws HostError `session_busy`, `not_found`; the signal's reason at the abort. */
export type HoldSession = (request: HoldRequest) => Promise<HeldSession>

/** In this process runs have a session in the order in which they came; between processes its claim decides. */
export function createSessionHolder(
  { sessions, runs }: Pick<Stores, 'sessions' | 'runs'>,
  leaseMs: number,
): HoldSession {
  const queue = createSessionQueue()

  async function claim({ sessionId, runId, onBusy, signal }: HoldRequest): Promise<Claim> {
    const attempt = await sessions.claim(sessionId, runId, leaseMs)
    if (attempt.claimed) return attempt.claim
    if (onBusy === 'reject') throw sessionBusy(sessionId, attempt)
    // Whoever has it may be no run but somebody who writes down an answer, and is done at once.
    if (onBusy === 'interrupt' && (await runs.get(attempt.owner))) await runs.requestCancel(attempt.owner)
    return await claimWhenFree(sessions, sessionId, runId, { ttlMs: leaseMs, signal })
  }

  return async (request) => {
    const leave = request.onBusy === 'queue' ? await queue.enter(request.sessionId, request.signal) : () => {}
    try {
      const lease = holdLease(await claim(request), sessions.renew, leaseMs)
      return {
        lease,
        async release() {
          lease.end()
          leave()
          await sessions.release(lease.claim())
        },
      }
    } catch (error) {
      leave()
      throw error
    }
  }
}
