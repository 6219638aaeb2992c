import { setTimeout } from 'node:timers/promises'

/** Time and chance, for whatever waits or grows old. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Settles after `ms`; rejects with the signal's reason once it aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** From 0 up to, but not including, 1. */
  random(): number
}

/** The machine's own. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async wait(ms, signal) {
    await setTimeout(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
  },
  random: () => Math.random(),
}
