import type { Deadline } from './deadline.ts'
import type { ExchangeResult, IsWanted, OnProgress } from './exchange.ts'
import type { OutgoingRequest } from './outgoing-request.ts'

/** What holds for a whole call, redirects included. */
export interface SendScope {
  readonly deadline: Deadline
  readonly isWanted: IsWanted
  /** Whether a stored answer may be used and the new one stored. */
  readonly useCache: boolean
  readonly onProgress?: OnProgress
}

/** One response, with how it came about. */
export interface SendResult extends ExchangeResult {
  /** How often the request was sent; 0 for an answer from the cache. */
  readonly attempts: number
  /** Absent where the cache has no part in it. */
  readonly cache?: 'hit' | 'revalidated' | 'miss'
  /** What the caller should know, in sentences. */
  readonly notes: readonly string[]
}

/** Sends a request once or more, or not at all. Throws `ToolError`. */
export type Send = (request: OutgoingRequest, scope: SendScope) => Promise<SendResult>
