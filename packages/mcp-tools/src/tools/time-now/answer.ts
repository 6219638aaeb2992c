import type { ToolAnswer } from '../tool.ts'
import { toZone, toZones } from './find-zones.ts'
import { toRelativeText } from './human-text.ts'
import { toIsoText, toOffsetText } from './iso-text.ts'
import { machineZone } from './machine-zone.ts'
import { readClock, type SourcedZone } from './read-clock.ts'
import { type Moment, resolveAt } from './resolve-at.ts'
import type { TimeInput, TimeOutput } from './schema.ts'
import { toTimeText } from './time-text.ts'

/** Answers a call at the moment `now`, in milliseconds since 1970. `setting` is the operator's zone, if any. */
export type AnswerTime = (input: TimeInput, now: number, setting?: string) => ToolAnswer<TimeOutput>

export const answerTime: AnswerTime = (input, now, setting) => {
  const structured = toOutput(input, now, setting)
  return { structured, content: [{ type: 'text', text: toTimeText(structured) }] }
}

function toOutput(input: TimeInput, now: number, setting?: string): TimeOutput {
  const { at, locale } = input
  const zones = toSourcedZones(input.timezone, now, setting)
  const [first] = zones
  const atZone = input.at_timezone === undefined ? first.zone : toZone(input.at_timezone, 'at_timezone')
  const moment = at === undefined ? { epochMs: now } : resolveAt(at, atZone, now)
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

/** `local` means the same as naming no zone at all. */
function toSourcedZones(
  asked: TimeInput['timezone'],
  now: number,
  setting: string | undefined,
): readonly [SourcedZone, ...SourcedZone[]] {
  const own = (): SourcedZone =>
    setting === undefined
      ? { zone: machineZone(now), source: 'machine' }
      : { zone: toZone(setting, 'timezone'), source: 'setting' }
  const found = new Map<string, SourcedZone>()
  for (const text of [asked ?? 'local'].flat()) {
    const zones =
      text.toLowerCase() === 'local'
        ? [own()]
        : toZones(text, 'timezone').map((zone) => ({ zone, source: 'argument' as const }))
    for (const each of zones) if (!found.has(each.zone.name)) found.set(each.zone.name, each)
  }
  const [first = own(), ...rest] = found.values()
  return [first, ...rest]
}

/** What to say of a local time that came twice, or never. */
function toDoubt({ local }: Moment): Pick<TimeOutput, 'local_time' | 'readings' | 'note'> {
  if (local === undefined || local.kind === 'unique') return {}
  const readings = local.instants.map((epochMs) => {
    const offset = local.zone.offsetAt(epochMs)
    return { iso: toIsoText(epochMs, offset), utc_offset: toOffsetText(offset), epoch_ms: epochMs }
  })
  const [taken, other] = readings.map(({ iso }) => iso)
  const shown = new Date(local.localMs).toISOString().slice(0, -1)
  const note =
    local.kind === 'ambiguous'
      ? `${shown} came twice in ${local.zone.name}, as the clocks were put back: taken as ${taken}, it may also mean ${other}.`
      : `${shown} never came in ${local.zone.name}, as the clocks were put forward: taken as ${taken}, it may also mean ${other}.`
  return { local_time: local.kind, readings, note }
}
