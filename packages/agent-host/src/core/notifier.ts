/** Tells those who wait that something happened to a key. */
export interface Notifier {
  notify(key: string): void
  /** Hears every `notify` from now on. Close it. */
  subscribe(key: string, signal?: AbortSignal): Subscription
}

export interface Subscription {
  /** Resolves once the key was notified since the last `next`, after `timeoutMs` (default: never), or at the abort. */
  next(timeoutMs?: number): Promise<void>
  close(): void
}

export function createNotifier(): Notifier {
  const listeners = new Map<string, Set<() => void>>()
  return {
    notify(key) {
      for (const tell of listeners.get(key) ?? []) tell()
    },
    subscribe(key, signal) {
      const { tell, next } = createSignal()
      const others = listeners.get(key) ?? new Set()
      listeners.set(key, others.add(tell))
      signal?.addEventListener('abort', tell)
      if (signal?.aborted) tell()
      return {
        next: (timeoutMs) => (signal?.aborted ? Promise.resolve() : next(timeoutMs)),
        close() {
          signal?.removeEventListener('abort', tell)
          others.delete(tell)
          if (others.size === 0) listeners.delete(key)
          tell()
        },
      }
    },
  }
}

/** Remembers that it was told, until the next wait takes note of it. */
function createSignal(): { tell(): void; next(timeoutMs?: number): Promise<void> } {
  let told = false
  let wake: (() => void) | undefined
  return {
    tell() {
      told = true
      wake?.()
    },
    async next(timeoutMs) {
      if (!told) {
        await new Promise<void>((resolve) => {
          const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, Math.min(timeoutMs, longestTimer))
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      told = false
      wake = undefined
    },
  }
}

/** A longer one would fire at once. */
const longestTimer = 2 ** 31 - 1
