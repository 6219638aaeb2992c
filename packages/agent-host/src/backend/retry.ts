import { setTimeout as delay } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { HostError } from '../core/errors.ts'

const busy = new Set([429, 502, 503, 504])
const retries = 2
/** A server that asks for a longer wait is told to the user instead. */
const longestWaitMs = 30_000

/**
 * Sends again while a server says that it is busy, and once more where it dropped an idle connection that we had kept.
 * Retry-After (RFC 9110, 10.2.3) is waited for in full; without one the wait is jittered and doubles from half a
 * second. Only whole requests are sent again: nothing of a refused answer was used.
 */
export async function sendWithRetry(
  send: () => Promise<Dispatcher.ResponseData>,
  signal?: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  for (let attempt = 0; ; attempt++) {
    const response = await send().catch((error: unknown) => {
      if (attempt === 0 && error instanceof HostError && error.details?.broken === true) return undefined
      throw error
    })
    if (response && (!busy.has(response.statusCode) || attempt >= retries)) return response
    const wait = response ? waitMs(response.headers['retry-after'], attempt) : 0
    if (response && wait > longestWaitMs) return response
    await response?.body.dump()
    await delay(wait, undefined, signal && { signal })
  }
}

function waitMs(retryAfter: string | string[] | undefined, attempt: number): number {
  const value = Array.isArray(retryAfter) ? retryAfter[0] : retryAfter
  const seconds = Number(value)
  if (value !== undefined && seconds >= 0) return seconds * 1000
  const date = value === undefined ? Number.NaN : Date.parse(value)
  if (!Number.isNaN(date)) return Math.max(0, date - Date.now())
  return 500 * 2 ** attempt * (0.5 + Math.random() / 2)
}
