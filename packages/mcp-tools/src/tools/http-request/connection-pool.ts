import type { HttpConnection } from './connection.ts'
import type { HttpLimits } from './limits.ts'
import type { OutgoingRequest } from './outgoing-request.ts'

/** Connections between two requests, each for requests of one key only. */
export interface ConnectionPool {
  /** The connection of `key` that was used last; the pool forgets it until it is put back. */
  take(key: string): HttpConnection | undefined
  /** Keeps an idle connection, or gives back one to close: itself where it is too old, or another that is too many. */
  put(connection: HttpConnection): HttpConnection | undefined
  /** Closes every idle connection, and from then on each one put back. */
  close(): Promise<void>
}

/** Makes an empty pool. An idle connection does not keep the process alive, and closes itself in time. */
export function createConnectionPool(limits: HttpLimits): ConnectionPool {
  // Few enough to be searched; the one used last is the last.
  let idle: HttpConnection[] = []
  let isClosed = false
  return {
    take(key) {
      const index = idle.findLastIndex((connection) => connection.key === key && connection.isOpen())
      return index === -1 ? undefined : idle.splice(index, 1)[0]
    },
    put(connection) {
      // The name may lead elsewhere by the time a connection has grown old.
      const isOld = performance.now() - connection.madeAt > limits.maxConnectionAgeMs
      if (isClosed || isOld || !connection.isOpen()) return connection
      // Those that closed themselves meanwhile go with the next that comes.
      idle = [...idle.filter((each) => each.isOpen()), connection]
      const alike = idle.filter(({ key }) => key === connection.key)
      const spare = alike.length > limits.maxIdlePerHost ? alike[0] : idle.length > limits.maxIdle ? idle[0] : undefined
      if (spare !== undefined) idle = idle.filter((each) => each !== spare)
      return spare
    },
    async close() {
      isClosed = true
      const open = idle
      idle = []
      await Promise.all(open.map((connection) => connection.destroy()))
    },
  }
}

/** Requests share a connection only where the policy allowed them for the same reason and under the same identity. */
export function toPoolKey({ grant: { url, rule, identity } }: OutgoingRequest): string {
  return JSON.stringify([url.origin, rule?.text ?? null, identity?.key ?? null])
}
