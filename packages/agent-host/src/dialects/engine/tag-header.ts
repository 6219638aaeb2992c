import type { Input, Reading } from './input.ts'
import { skipSpace } from './characters.ts'
import type { MarkerSet } from './markers.ts'
import type { Turn } from './turn.ts'

/** A tag's attributes are short; what is longer is no tag. */
const longestHeader = 160
/** More white space than this never stands between two tags. */
const longestGap = 100

/**
 * The text up to `end`, counted from `offset` characters ahead, without reading it; undefined where no tag stands, as
 * another tag or the end of the line shows. With `within`, lines may end and that other tag may stand in it.
 */
export function* peekHeader(input: Input, offset: number, end: string, within?: string): Reading<string | undefined> {
  for (;;) {
    const from = input.at + offset
    const { text } = input
    const stands = (tag: string, at: number) => text.startsWith(tag, at)
    const mayStand = (tag: string, at: number) =>
      input.ended === undefined && tag.startsWith(text.slice(at, at + tag.length))
    const last = Math.min(text.length, from + longestHeader)
    for (let at = from; at < last; at++) {
      if (stands(end, at)) return text.slice(from, at)
      const char = text.charAt(at)
      if (char === '\n' && within === undefined) return undefined
      if (char !== '<') continue
      if (within && stands(within, at)) continue
      if (!mayStand(end, at) && !(within && mayStand(within, at))) return undefined
      break
    }
    if (text.length - from >= longestHeader + end.length || input.ended !== undefined) return undefined
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
