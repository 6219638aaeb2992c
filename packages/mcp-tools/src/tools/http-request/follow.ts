import { ToolError } from '../../errors.ts'
import type { Deadline } from './deadline.ts'
import { type Identities, type Identity, keepIdentity } from './identity.ts'
import type { HttpLimits } from './limits.ts'
import { grantHop } from './consent.ts'
import type { OnProgress } from './exchange.ts'
import type { Policy } from './policy.ts'
import { redactError, redactResponse } from './redact-response.ts'
import { type HopRequest, toNextHop } from './redirect.ts'
import type { Send, SendResult } from './send.ts'

/** One step of a redirect chain. */
export interface Redirect {
  readonly status: number
  readonly from: string
  readonly to: string
}

/** The response that the last hop gave. */
export interface FollowedResult extends SendResult {
  /** Of the response, after redirects. */
  readonly url: string
  readonly redirects: readonly Redirect[]
  /** The profile that was used, if any; not necessarily for the origin that answered. */
  readonly auth?: string
  /** Hides the operator's secrets in what is made of the body; absent where there are none. */
  readonly redact?: (text: string) => string
}

interface FollowOptions {
  readonly deadline: Deadline
  /** The headers of the first request that the caller gave. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** The profile to use, or `none`. Default: the only one of the first URL's origin. */
  readonly auth?: string
  /** Default: yes. */
  readonly followRedirects?: boolean
  /** Whether stored answers may be used. Default: yes. */
  readonly cache?: boolean
  /** The first request, where the user had to agree to it and did. */
  readonly agreed: HopRequest | undefined
  readonly onProgress?: OnProgress
}

/** Sends a request and follows where it leads. */
export type Follow = (first: HopRequest, options: FollowOptions) => Promise<FollowedResult>

interface FollowDeps {
  readonly policy: Policy
  readonly identities: Identities
  readonly send: Send
  readonly limits: HttpLimits
}

/**
 * Makes a {@link Follow} that has the policy judge each hop like a first request. An identity goes along only within
 * its own origin, and no secret is in what it returns or throws.
 */
export function createFollow({ policy, identities, send, limits }: FollowDeps): Follow {
  async function run(first: HopRequest, chosen: Identity | undefined, options: FollowOptions): Promise<FollowedResult> {
    const { deadline, followRedirects = true, cache = true, agreed, onProgress } = options
    const redirects: Redirect[] = []
    let identity = chosen
    for (let hop = first; ;) {
      const current = hop
      const toNext = (status: number, location: string | string[] | undefined) =>
        followRedirects ? toHarmlessHop(current, status, [location].flat()[0], identities) : undefined
      const context = toContext(redirects)
      const allowed = grantHop(policy, hop, agreed, context)
      identity = keepIdentity(identity, allowed)
      const grant = identity === undefined ? allowed : { ...allowed, identity }
      const cookie = await identities.cookieFor(identity, hop.url)
      const headers = cookie === '' ? hop.headers : { ...hop.headers, cookie }
      const result = await send(
        { grant, headers, body: hop.body, context },
        {
          deadline,
          isWanted: ({ status, headers: { location } }) => toNext(status, location) === undefined,
          useCache: cache && limits.maxCacheBytes > 0,
          ...(onProgress !== undefined && { onProgress }),
        },
      )
      await identities.learn(identity, hop.url, result.headers['set-cookie'])
      const next = toNext(result.status, result.headers.location)
      if (next === undefined) return { ...result, url: hop.url.href, redirects }
      redirects.push({ status: result.status, from: hop.url.href, to: next.url.href })
      if (redirects.length > limits.maxRedirects) throw tooManyRedirects(redirects)
      hop = next
    }
  }

  return async (first, options) => {
    const grant = grantHop(policy, first, options.agreed, '')
    const chosen = identities.choose(options.auth, grant, options.headers ?? {})
    try {
      const result = await run(first, chosen, options)
      const redactor = await identities.redactorFor(chosen)
      const profile = chosen?.profile
      const response = profile === undefined ? result : { ...result, auth: profile.name }
      return redactor === undefined ? response : redactResponse(response, redactor)
    } catch (error) {
      const redactor = await identities.redactorFor(chosen)
      throw redactor === undefined ? error : redactError(error, redactor)
    }
  }
}

/** The next request, unless its address would carry to another origin a secret that the server wrote there. */
function toHarmlessHop(
  hop: HopRequest,
  status: number,
  location: string | undefined,
  identities: Identities,
): HopRequest | undefined {
  const next = toNextHop(hop, status, location)
  if (next === undefined || next.url.origin === hop.url.origin) return next
  return identities.findsSecret(next.url.href) ? undefined : next
}

function toContext(redirects: readonly Redirect[]): string {
  const last = redirects.at(-1)
  return last === undefined ? '' : `${last.from} redirected to ${last.to}. `
}

function tooManyRedirects(redirects: readonly Redirect[]): ToolError {
  const chain = redirects.map(({ from }) => from).join(' -> ')
  return new ToolError('too_many_redirects', `Redirected ${redirects.length} times: ${chain}.`)
}
