import type { Grant } from './policy.ts'

/** One request to one granted URL. */
export interface OutgoingRequest {
  readonly grant: Grant
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  /** Where the request came from, in words that end in a space, for errors; empty for the caller's own. */
  readonly context: string
}
