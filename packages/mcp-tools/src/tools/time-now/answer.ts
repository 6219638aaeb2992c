import type { ToolAnswer } from '../tool.ts'
import { toZone, toZones } from './find-zones.ts'
import { toRelativeText } from './human-text.ts'
import { toIsoText, toOffsetText } from './iso-text.ts'
import { machineZone } from './machine-zone.ts'
import { readClock, type SourcedZone } from './read-clock.ts'
import { type Moment, resolveAt } from './resolve-at.ts'
import type { TimeInput, TimeOutput } from './schema.ts'
import { toTimeText } from './time-text.ts'
import type { Zone } from './zone.ts'

/** What models write for the zone they do not know: the same as none. */
const localName = 'local'

/** Answers a call at the moment `now`, in milliseconds since 1970. `setting` is the operator's zone, if any. */
export type AnswerTime = (input: TimeInput, now: number, setting?: string) => ToolAnswer<TimeOutput>

/** Throws `invalid_timezone` or `invalid_time`. */
export const answerTime: AnswerTime = (input, now, setting) => {
  const structured = toOutput(input, now, setting)
  return { structured, content: [{ type: 'text', text: toTimeText(structured) }] }
}

function toOutput(
  { timezone, at, at_timezone: atTimezone, locale }: TimeInput,
  now: number,
  setting?: string,
): TimeOutput {
  const own = ownZone(now, setting)
  const zones = toSourcedZones(timezone ?? localName, own)
  const [first] = zones
  const moment = at === undefined ? { epochMs: now } : resolveAt(at, toAtZone(atTimezone, first, own), now)
  const { epochMs } = moment
  return {
    ...readClock(epochMs, first, locale),
    locale,
    ...(zones.length > 1 && { zones: zones.map((zone) => readBeside(first, zone, epochMs, locale)) }),
    ...(at !== undefined && {
      seconds_from_now: (epochMs - now) / 1_000,
      from_now: toRelativeText(epochMs - now, locale),
    }),
    ...toDoubt(moment),
  }
}

function readBeside(first: SourcedZone, other: SourcedZone, epochMs: number, locale: string) {
  const ahead = other.zone.offsetAt(epochMs) - first.zone.offsetAt(epochMs)
  return { ...readClock(epochMs, other, locale), hours_ahead_of_first: ahead / 3_600_000 }
}

/** The zone of calls that name none. */
function ownZone(now: number, setting: string | undefined): SourcedZone {
  if (setting === undefined) return { zone: machineZone(now), source: 'machine' }
  return { zone: toZone(setting, 'timezone'), source: 'setting' }
}

/** Each zone once, in the order they are named. */
function toSourcedZones(asked: string | readonly string[], own: SourcedZone): readonly [SourcedZone, ...SourcedZone[]] {
  const found = new Map<string, SourcedZone>()
  for (const text of [asked].flat()) {
    const zones = isLocal(text)
      ? [own]
      : toZones(text, 'timezone').map((zone) => ({ zone, source: 'argument' as const }))
    for (const each of zones) if (!found.has(each.zone.name)) found.set(each.zone.name, each)
  }
  const [first = own, ...rest] = found.values()
  return [first, ...rest]
}

function toAtZone(asked: string | undefined, first: SourcedZone, own: SourcedZone): Zone {
  if (asked === undefined) return first.zone
  return isLocal(asked) ? own.zone : toZone(asked, 'at_timezone')
}

function isLocal(text: string): boolean {
  return text.toLowerCase() === localName
}

/** What to say of a local time that came twice, or never. */
function toDoubt({ local }: Moment): Pick<TimeOutput, 'local_time' | 'readings' | 'note'> {
  if (local === undefined || local.kind === 'unique') return {}
  const { kind, zone, localMs } = local
  const readings = local.instants.map((epochMs) => {
    const offset = zone.offsetAt(epochMs)
    return { iso: toIsoText(epochMs, offset), utc_offset: toOffsetText(offset), epoch_ms: epochMs }
  })
  const [taken, other] = readings.map(({ iso }) => iso)
  const shown = new Date(localMs).toISOString().slice(0, -1)
  const why =
    kind === 'ambiguous'
      ? `came twice in ${zone.name}, as the clocks were put back`
      : `never came in ${zone.name}, as the clocks were put forward`
  return { local_time: kind, readings, note: `${shown} ${why}: taken as ${taken}, it may also mean ${other}.` }
}
