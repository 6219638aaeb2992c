import type { Logger } from '../core/logger.ts'
import type { Notifier } from '../core/notifier.ts'
import { createRemoteNotifier } from '../core/remote-notifier.ts'
import type { RedisClient } from './connection.ts'

/**
 * Tells of keys that any process has changed, over Redis' own channels. One connection serves all who wait in this
 * process, and each channel is listened to only while somebody does.
 */
export function createRedisChanges(client: RedisClient, log: Logger): Notifier {
  const hear = (_message: string, key: string): void => notifier.notify(key)

  async function attempt(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      log.warn({ err: error }, 'Redis is not listened to; what waits looks by itself until it is again')
    }
  }

  const notifier = createRemoteNotifier({
    onFirst(key) {
      // What changes before Redis has us on the channel is seen by a look after that.
      void attempt(client.subscribe(key, hear).then(() => notifier.notify(key)))
    },
    onLast(key) {
      if (client.isOpen) void attempt(client.unsubscribe(key, hear))
    },
  })
  // What was published while the connection was away is lost.
  client.on('ready', () => notifier.notifyAll())
  return notifier
}
