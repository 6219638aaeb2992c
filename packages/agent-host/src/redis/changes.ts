import type { Logger } from '../core/logger.ts'
import { createNotifier, type Notifier } from '../core/notifier.ts'
import type { RedisClient } from './connection.ts'

/**
 * Tells of keys that any process has changed, over Redis' own channels. One connection serves all who wait in this
 * process, and each channel is listened to only while somebody does.
 */
export function createRedisChanges(client: RedisClient, log: Logger): Notifier {
  const local = createNotifier()
  const waiting = new Map<string, number>()
  const hear = (_message: string, key: string): void => local.notify(key)

  // What was published while the connection was away is lost, so that everyone looks again.
  client.on('ready', () => {
    for (const key of waiting.keys()) local.notify(key)
  })

  function attempt(work: Promise<void>): void {
    work.catch((error: unknown) => log.warn({ err: error }, 'Redis is not listened to; what waits looks by itself'))
  }

  return {
    notify: local.notify,
    subscribe(key, signal) {
      const subscription = local.subscribe(key, signal)
      const others = waiting.get(key) ?? 0
      waiting.set(key, others + 1)
      // What changes before Redis has us on the channel is seen by a look after that.
      if (others === 0) attempt(client.subscribe(key, hear).then(() => local.notify(key)))
      let open = true
      return {
        next: subscription.next,
        close() {
          subscription.close()
          if (!open) return
          open = false
          const left = (waiting.get(key) ?? 1) - 1
          if (left > 0) {
            waiting.set(key, left)
            return
          }
          waiting.delete(key)
          if (client.isOpen) attempt(client.unsubscribe(key, hear))
        },
      }
    },
  }
}
