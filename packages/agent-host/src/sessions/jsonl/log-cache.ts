import type { SessionLog } from './session-log.ts'

/** What was read of sessions' files, the least used forgotten first. */
export interface LogCache {
  get(id: string): SessionLog | undefined
  set(id: string, log: SessionLog): void
  delete(id: string): void
}

/** `maxBytes` counts bytes of the files; read, they take about three times as much memory. */
export function createLogCache(maxBytes: number): LogCache {
  /** The last used is the last. */
  const logs = new Map<string, { log: SessionLog; bytes: number }>()
  let total = 0
  const remove = (id: string): void => {
    total -= logs.get(id)?.bytes ?? 0
    logs.delete(id)
  }
  return {
    get: (id) => logs.get(id)?.log,
    set(id, log) {
      remove(id)
      logs.set(id, { log, bytes: log.end })
      total += log.end
      for (const oldest of logs.keys()) {
        if (total <= maxBytes) return
        remove(oldest)
      }
    },
    delete: remove,
  }
}
