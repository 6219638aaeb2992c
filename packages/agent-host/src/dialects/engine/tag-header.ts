import type { Input, Reading } from './input.ts'
import { skipSpace } from './characters.ts'
import type { MarkerSet } from './markers.ts'
import type { Turn } from './turn.ts'

/** A tag's attributes are short; what is longer is no tag. */
const longestHeader = 160
/** More white space than this never stands between two tags. */
const longestGap = 100

/**
 * The text up to `end`, counted from `offset` characters ahead, without reading it; undefined where no tag stands. One of
 * the characters `stops` shows that it is none.
 */
export function* peekHeader(input: Input, offset: number, end: string, stops = ''): Reading<string | undefined> {
  for (;;) {
    const from = input.at + offset
    const last = Math.min(input.text.length, from + longestHeader)
    for (let at = from; at < last; at++) {
      if (input.text.startsWith(end, at)) return input.text.slice(from, at)
      if (input.ended === undefined && end.startsWith(input.text.slice(at, at + end.length))) break
      if (stops.includes(input.text.charAt(at))) return undefined
    }
    if (input.text.length - from >= longestHeader + end.length || input.ended !== undefined) return undefined
    yield
  }
}

/** The marker that stands `offset` characters ahead, without reading it. */
export function* peekMarker(input: Input, markers: MarkerSet, offset = 0): Reading<string | undefined> {
  for (;;) {
    const match = markers.match(input.text, input.at + offset, input.ended !== undefined)
    if (!match || match.marker !== undefined) return match?.marker
    yield
  }
}

/**
 * Whether one of the markers, or else the normal end of the turn, follows `offset` characters ahead and after a little
 * white space. A tag inside a value is told from the value's end by that.
 */
export function* isFollowedBy({ input }: Turn, markers: MarkerSet, offset: number): Reading<boolean> {
  for (;;) {
    const from = input.at + offset
    const next = skipSpace(input.text, from)
    if (next - from > longestGap) return false
    if (next < input.text.length) return (yield* peekMarker(input, markers, next - input.at)) !== undefined
    if (input.ended !== undefined) return input.endedNormally
    yield
  }
}

/** An attribute of a tag, like `name="city"`, also without quotes; undefined where it is not there. */
export function readAttribute(header: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|[\\s"'])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"']+))`).exec(header)
  return found?.[1] ?? found?.[2] ?? found?.[3]
}
