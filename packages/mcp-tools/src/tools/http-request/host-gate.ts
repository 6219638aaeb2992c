import { ToolError } from '../../errors.ts'
import type { Clock } from './clock.ts'
import type { Deadline } from './deadline.ts'
import type { HttpLimits } from './limits.ts'
import { createPlaces, type Places } from './places.ts'
import type { Grant } from './policy.ts'
import { createTokenBucket, type TokenBucket } from './token-bucket.ts'

/** Keeps requests to what one host, and all unlisted hosts together, may get. */
export interface HostGate {
  /**
   * Waits for a turn at the granted host, no longer than `deadline`; settles with what to call once the request is over.
   * Throws `rate_limited` where there is no turn in time.
   */
  enter(grant: Grant, deadline: Deadline): Promise<() => void>
}

interface Host {
  readonly places: Places
  readonly bucket: TokenBucket | undefined
}

/** Hosts to remember before those are dropped that nothing is known of any more. */
const manyHosts = 1_000

export function createHostGate(limits: HttpLimits, clock: Clock): HostGate {
  const hosts = new Map<string, Host>()
  const places = createPlaces(limits.maxConnections)
  const { unlistedPerMinute } = limits
  // A sixth of it at once: ten seconds' worth.
  const unlisted = toBucket(unlistedPerMinute / 60, unlistedPerMinute / 6, clock)

  function toHost({ url, rule }: Grant): Host {
    // What a rule opens is the operator's own affair, unless a rate is set.
    const perSecond = limits.requestsPerSecond ?? (rule === undefined ? limits.unlistedPerSecond : undefined)
    const key = `${url.host} ${perSecond ?? 'any'}`
    const known = hosts.get(key)
    if (known !== undefined) return known
    if (hosts.size >= manyHosts) {
      for (const [name, host] of hosts) if (isForgettable(host)) hosts.delete(name)
    }
    const bucket = toBucket(perSecond, limits.requestBurst, clock)
    const host = { places: createPlaces(limits.connectionsPerHost), bucket }
    hosts.set(key, host)
    return host
  }

  return {
    async enter(grant, deadline) {
      const host = toHost(grant)
      const leaveHost = await enterPlaces(host.places, grant, deadline)
      try {
        await takeTurn(host.bucket, grant.url.host, deadline, clock)
        if (grant.rule === undefined) await takeTurn(unlisted, 'all unlisted hosts together', deadline, clock)
        // Last, so that nobody waits for one host in the place of another.
        const leaveAll = await enterPlaces(places, grant, deadline)
        return () => {
          leaveAll()
          leaveHost()
        }
      } catch (error) {
        leaveHost()
        throw error
      }
    },
  }
}

async function enterPlaces(places: Places, { url }: Grant, { signal }: Deadline): Promise<() => void> {
  try {
    return await places.enter(signal)
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'timeout') throw error
    const message = `Other requests kept every connection busy that ${url.host} may have. Ask again when they are done.`
    throw new ToolError('rate_limited', message, { cause: error })
  }
}

/** None where any number may pass. */
function toBucket(perSecond = Number.POSITIVE_INFINITY, burst: number, clock: Clock): TokenBucket | undefined {
  return Number.isFinite(perSecond) ? createTokenBucket(perSecond, Math.max(1, burst), clock) : undefined
}

async function takeTurn(
  bucket: TokenBucket | undefined,
  whom: string,
  deadline: Deadline,
  clock: Clock,
): Promise<void> {
  if (bucket === undefined) return
  const waitMs = bucket.take(deadline.remainingMs())
  if (waitMs === undefined) {
    const message = `Too many requests to ${whom}: the next turn comes after \`timeout_ms\`. Ask again later.`
    throw new ToolError('rate_limited', message)
  }
  if (waitMs > 0) await clock.wait(waitMs, deadline.signal)
}

function isForgettable({ places, bucket }: Host): boolean {
  return places.size() === 0 && (bucket === undefined || bucket.isFull())
}
