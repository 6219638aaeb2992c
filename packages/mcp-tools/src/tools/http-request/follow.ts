import { ToolError } from '../../errors.ts'
import type { Deadline } from './deadline.ts'
import type { HttpLimits } from './limits.ts'
import { grantHop } from './consent.ts'
import type { OnProgress } from './exchange.ts'
import type { Policy } from './policy.ts'
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
}

interface FollowOptions {
  readonly deadline: Deadline
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

/** Makes a {@link Follow} that has the policy judge each hop like a first request. */
export function createFollow(deps: { policy: Policy; send: Send; limits: HttpLimits }): Follow {
  const { policy, send, limits } = deps
  return async (first, { deadline, followRedirects = true, cache = true, agreed, onProgress }) => {
    const redirects: Redirect[] = []
    for (let hop = first; ;) {
      const current = hop
      const toNext = (status: number, location: string | string[] | undefined) =>
        followRedirects ? toNextHop(current, status, [location].flat()[0]) : undefined
      const context = toContext(redirects)
      const grant = grantHop(policy, hop, agreed, context)
      const result = await send(
        { grant, headers: hop.headers, body: hop.body, context },
        {
          deadline,
          isWanted: ({ statusCode, headers }) => toNext(statusCode, headers.location) === undefined,
          useCache: cache && limits.maxCacheBytes > 0,
          ...(onProgress !== undefined && { onProgress }),
        },
      )
      const next = toNext(result.status, result.headers.location)
      if (next === undefined) return { ...result, url: hop.url.href, redirects }
      redirects.push({ status: result.status, from: hop.url.href, to: next.url.href })
      if (redirects.length > limits.maxRedirects) throw tooManyRedirects(redirects)
      hop = next
    }
  }
}

function toContext(redirects: readonly Redirect[]): string {
  const last = redirects.at(-1)
  return last === undefined ? '' : `${last.from} redirected to ${last.to}. `
}

function tooManyRedirects(redirects: readonly Redirect[]): ToolError {
  const chain = redirects.map(({ from }) => from).join(' -> ')
  return new ToolError('too_many_redirects', `Redirected ${redirects.length} times: ${chain}.`)
}
