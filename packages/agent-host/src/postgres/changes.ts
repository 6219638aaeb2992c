import type { Client } from 'pg'
import type { Logger } from '../core/logger.ts'
import type { Notifier } from '../core/notifier.ts'
import { createRemoteNotifier } from '../core/remote-notifier.ts'

export interface PostgresChanges {
  notifier: Notifier
  close(): Promise<void>
}

const firstRetryMs = 50
const slowestRetryMs = 2000

/**
 * Tells of keys that any process has changed, over LISTEN and NOTIFY. One connection serves all who wait in this
 * process; it is made when the first does, and made again whenever it is lost.
 */
export function createPostgresChanges(connect: () => Client, channel: string, log: Logger): PostgresChanges {
  let client: Client | undefined
  let retry: NodeJS.Timeout | undefined
  let closed = false
  let retryMs = firstRetryMs
  const notifier = createRemoteNotifier({
    onFirst() {
      if (!client && !retry) void listen()
    },
  })

  function lost(from: Client, error?: unknown): void {
    if (closed || client !== from) return
    client = undefined
    log.warn({ err: error }, 'PostgreSQL is not listened to; what waits looks by itself until it is again')
    from.end().catch((failure: unknown) => log.debug({ err: failure }, 'a lost connection did not end well'))
    retry = setTimeout(() => void listen(), retryMs)
    retryMs = Math.min(retryMs * 2, slowestRetryMs)
  }

  async function listen(): Promise<void> {
    retry = undefined
    const next = connect()
    client = next
    next.on('notification', ({ payload = '' }) => {
      for (const key of payload.split(' ')) notifier.notify(key)
    })
    next.on('error', (error) => lost(next, error))
    next.on('end', () => lost(next))
    try {
      await next.connect()
      await next.query(`listen ${channel}`)
    } catch (error) {
      lost(next, error)
      return
    }
    retryMs = firstRetryMs
    // What was told before is not told again.
    notifier.notifyAll()
  }

  return {
    notifier,
    async close() {
      closed = true
      clearTimeout(retry)
      await client?.end()
    },
  }
}
