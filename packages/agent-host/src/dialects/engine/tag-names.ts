import type { Input } from './input.ts'
import type { MarkerSet } from './markers.ts'
import { peekHeader, peekMarker } from './tag-header.ts'
import type { CallTag, TagRules } from './tag-rules.ts'

const prose: CallTag = { kind: 'prose' }
const longestName = 160
const nameOnly = /^[\w.:/-]+$/

/** A call's tag that names the tool before `end`; `read` takes the name out of it, or says that it is none. */
export function namedBefore(end: string, read: (header: string) => string | undefined): TagRules['readTag'] {
  return function* readTag({ input }) {
    const header = yield* peekHeader(input, 0, end)
    if (header === undefined) return isCut(input, /^[^>\n]*$/) ? { kind: 'cut' } : prose
    const name = read(header)?.trim()
    if (name === undefined || name === '') return prose
    input.at += header.length + end.length
    return { kind: 'call', name }
  }
}

/** A call's tag that is followed by the tool's bare name, and that by one of `markers`; a `separator` is read over. */
export function namedBehind(markers: MarkerSet, separator?: string): TagRules['readTag'] {
  return function* readTag({ input }) {
    const written = yield* peekHeader(input, 0, '<', '')
    if (written === undefined) return isCut(input, /^[\w.:/-]+\s*$/) ? { kind: 'cut' } : prose
    const name = written.trim()
    if (!nameOnly.test(name)) return prose
    const marker = yield* peekMarker(input, markers, written.length)
    if (marker === undefined) return isCut(input, /^[\w.:/-]+\s*<[^>]*$/) ? { kind: 'cut' } : prose
    input.at += written.length + (marker === separator ? marker.length : 0)
    return { kind: 'call', name }
  }
}

/** Whether the turn ended inside the tag. */
function isCut(input: Input, beginning: RegExp): boolean {
  const rest = input.text.slice(input.at, input.at + longestName)
  return input.ended !== undefined && input.at + rest.length === input.text.length && beginning.test(rest)
}
