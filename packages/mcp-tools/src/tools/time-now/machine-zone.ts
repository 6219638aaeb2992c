import { toFixedZone, toNamedZone, type Zone } from './zone.ts'

let named: Zone | null | undefined

/** The zone of this machine; where its setting names no known zone, the offset its clock uses at `epochMs`. */
export function machineZone(epochMs: number): Zone {
  // Asked for once: the answer cannot change while the process runs, and asking takes longer than all the rest.
  if (named === undefined) named = toNamedZone(machineZoneName() ?? '') ?? null
  return named ?? toFixedZone(-new Date(epochMs).getTimezoneOffset())
}

/** Undefined where the variable TZ holds something ICU does not know, whatever the types promise. */
function machineZoneName(): string | undefined {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
