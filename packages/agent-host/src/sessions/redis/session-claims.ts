import { waitUntil } from '../../core/wait-until.ts'
import type { Redis } from '../../redis/connection.ts'
import { toTime } from '../../redis/time.ts'
import { type SessionClaims, staleClaim } from '../claim.ts'
import { noSession } from '../session.ts'
import { sessionKeys } from './session-keys.ts'
import { claimSession, releaseSession, renewSession, sessionHolder } from './session-scripts.ts'

/** Longer than a lost connection takes to come back: what it would have told is looked for after that. */
const lookAgainInMs = 5000

/** The clock of Redis says when a claim ends, so that processes with clocks of their own agree. */
export function createRedisClaims(redis: Redis): SessionClaims {
  return {
    async claim(id, owner, ttlMs) {
      const [outcome, first, second] = await redis.run(claimSession, sessionKeys(redis, id).all, [owner, ttlMs])
      if (outcome === 'none') throw noSession(id)
      const expiresAt = toTime(second)
      if (outcome === 'held') return { claimed: false, owner: first ?? '', expiresAt }
      return { claimed: true, claim: { id, owner, token: Number(first), expiresAt } }
    },
    async renew(claim, ttlMs) {
      const keys = sessionKeys(redis, claim.id).all
      const [outcome, expires] = await redis.run(renewSession, keys, [claim.token, ttlMs])
      if (outcome !== 'ok') throw staleClaim(claim)
      return { ...claim, expiresAt: toTime(expires) }
    },
    async release(claim) {
      await redis.run(releaseSession, sessionKeys(redis, claim.id).all, [claim.token])
    },
    async released(id, signal) {
      const { about, all } = sessionKeys(redis, id)
      const [first] = await redis.run(sessionHolder, all, [])
      if (first === 'none') throw noSession(id)
      await waitUntil(redis.changes, about, signal, async () => {
        const [outcome, left] = await redis.run(sessionHolder, all, [])
        if (outcome !== 'held') return { found: true, value: undefined }
        return { found: false, lookAgainInMs: Math.min(lookAgainInMs, Number(left)) }
      })
    },
  }
}
