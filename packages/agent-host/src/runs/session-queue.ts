/** Lets those who want the same session have it one after another, in the order in which they came. */
export interface SessionQueue {
  /** Resolves when it is this one's turn, with what ends the turn. @throws the signal's reason at the abort. */
  enter(sessionId: string, signal: AbortSignal): Promise<() => void>
}

/** For the runs of one process; between processes the session's claim decides. */
export function createSessionQueue(): SessionQueue {
  const tails = new Map<string, Promise<void>>()
  return {
    async enter(sessionId, signal) {
      const before = tails.get(sessionId) ?? Promise.resolve()
      const turn = Promise.withResolvers<void>()
      const tail = before.then(() => turn.promise)
      tails.set(sessionId, tail)
      const leave = (): void => {
        turn.resolve()
        if (tails.get(sessionId) === tail) tails.delete(sessionId)
      }
      try {
        await untilAborted(before, signal)
      } catch (error) {
        leave()
        throw error
      }
      return leave
    },
  }
}

async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
