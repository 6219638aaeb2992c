import type { Notifier } from './notifier.ts'

type Seen<Value> = { found: true; value: Value } | { found: false; lookAgainInMs?: number }

/**
 * Looks again whenever the key is notified, and after so many milliseconds as the look says (`undefined`: never), until
 * it gives a value; `undefined` at the abort.
 */
export async function waitUntil<Value>(
  notifier: Notifier,
  key: string,
  signal: AbortSignal | undefined,
  look: () => Promise<Seen<Value>>,
): Promise<Value | undefined> {
  const subscription = notifier.subscribe(key, signal)
  try {
    while (true) {
      if (signal?.aborted) return undefined
      const seen = await look()
      if (seen.found) return seen.value
      await subscription.next(seen.lookAgainInMs)
    }
  } finally {
    subscription.close()
  }
}
