import type { Zone } from './zone.ts'

/** The instants that a reading of a wall clock may mean. */
export interface LocalTime {
  /** `ambiguous` where the clock is put back and shows it twice; `skipped` where it is put forward and never does. */
  readonly kind: 'unique' | 'ambiguous' | 'skipped'
  /** Milliseconds since 1970, the one to take first: of two the earlier; of a skipped one what the clock shows then. */
  readonly instants: readonly [number, ...number[]]
}

/** No clock was ever changed by more than a day. */
const dayMs = 86_400_000

/** The instants at which the clock of `zone` shows `localMs`, which counts from 1970 on that clock. */
export function resolveLocalTime(localMs: number, zone: Zone): LocalTime {
  const before = zone.offsetAt(localMs - dayMs)
  const after = zone.offsetAt(localMs + dayMs)
  const offsets = [...new Set([before, zone.offsetAt(localMs), after])]
  const [first, ...more] = offsets
    .map((offset) => localMs - offset)
    .filter((instant) => instant + zone.offsetAt(instant) === localMs)
    .toSorted((one, other) => one - other)
  if (first === undefined) return { kind: 'skipped', instants: [localMs - before, localMs - after] }
  return { kind: more.length > 0 ? 'ambiguous' : 'unique', instants: [first, ...more] }
}
