import type { Clock } from '../../src/tools/http-request/clock.ts'

/** A clock that jumps ahead instead of waiting, and remembers how long it would have waited. */
export interface FakeClock extends Clock {
  readonly waits: number[]
  /** Lets time pass. */
  pass(ms: number): void
}

/** `chance` is what `random` gives, from 0 up to 1. */
export function createFakeClock(chance = 0): FakeClock {
  const waits: number[] = []
  let now = Date.UTC(2026, 10, 20)
  return {
    waits,
    pass(ms) {
      now += ms
    },
    now: () => now,
    async wait(ms, signal) {
      signal.throwIfAborted()
      waits.push(ms)
      now += ms
    },
    random: () => chance,
  }
}
