/** So many at a time; the rest wait in order. */
export interface Places {
  /** Settles once there is a place, with how to leave it. Rejects with the signal's reason once it aborts. */
  enter(signal: AbortSignal): Promise<() => void>
  /** How many are inside or waiting. */
  size(): number
}

export function createPlaces(limit: number): Places {
  let inside = 0
  const queue = new Set<() => void>()
  const leave = () => {
    const [next] = queue
    // The place goes straight to who waited longest, so that nobody slips in between.
    if (next === undefined) inside -= 1
    else next()
  }
  return {
    async enter(signal) {
      signal.throwIfAborted()
      if (inside < limit) {
        inside += 1
        return leave
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const admit = () => {
        queue.delete(admit)
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        queue.delete(admit)
        reject(signal.reason as Error)
      }
      queue.add(admit)
      signal.addEventListener('abort', giveUp, { once: true })
      await promise
      return leave
    },
    size: () => inside + queue.size,
  }
}
