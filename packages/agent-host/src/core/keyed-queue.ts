/** Runs the works of one key one after another, and those of different keys at once. */
export interface KeyedQueue {
  run<Value>(key: string, work: () => Promise<Value>): Promise<Value>
  /** Resolves once everything that was given has ended. */
  idle(): Promise<void>
}

export function createKeyedQueue(): KeyedQueue {
  /** The last work of each key; it never rejects. */
  const tails = new Map<string, Promise<void>>()
  return {
    run(key, work) {
      const result = (tails.get(key) ?? Promise.resolve()).then(work)
      const tail = settled(result).finally(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
      tails.set(key, tail)
      return result
    },
    async idle() {
      await Promise.all(tails.values())
    },
  }
}

/** How a work ended is for whoever gave it. */
async function settled(work: Promise<unknown>): Promise<void> {
  await Promise.allSettled([work])
}
