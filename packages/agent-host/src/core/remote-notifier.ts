import { createNotifier, type Notifier } from './notifier.ts'

/** A notifier whose news come from other processes. */
export interface RemoteNotifier extends Notifier {
  /** Tells everyone: what was told while nobody listened is lost, so that all look again. */
  notifyAll(): void
}

export interface RemoteKeys {
  /** Somebody waits for the key, whom nobody did before. */
  onFirst?(key: string): void
  /** Nobody waits for the key any more. */
  onLast?(key: string): void
}

export function createRemoteNotifier({ onFirst, onLast }: RemoteKeys): RemoteNotifier {
  const local = createNotifier()
  const waiting = new Map<string, number>()

  function leave(key: string): void {
    const left = (waiting.get(key) ?? 1) - 1
    waiting.set(key, left)
    if (left > 0) return
    waiting.delete(key)
    onLast?.(key)
  }

  return {
    notify: local.notify,
    notifyAll() {
      for (const key of waiting.keys()) local.notify(key)
    },
    subscribe(key, signal) {
      const subscription = local.subscribe(key, signal)
      const others = waiting.get(key) ?? 0
      waiting.set(key, others + 1)
      if (others === 0) onFirst?.(key)
      let open = true
      return {
        next: subscription.next,
        close() {
          subscription.close()
          if (open) leave(key)
          open = false
        },
      }
    },
  }
}
