/** Longest cluster that is kept whole; a text can pile up marks without end. */
const longestCluster = 64

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A piece of a text, and where it ends there. */
export interface TextSlice {
  readonly part: string
  readonly end: number
}

/**
 * `text` from character `start` on, at most `length` long (UTF-16 code units). It never ends inside a surrogate pair,
 * nor inside what people see as one character where that fits; the pieces that follow each other make up the text.
 */
export function sliceText(text: string, start: number, length: number): TextSlice {
  const from = Math.min(isLowSurrogate(text, start) ? start + 1 : start, text.length)
  const wanted = Math.min(from + length, text.length)
  const end = wanted < text.length ? toBoundary(text, from, wanted) : wanted
  return { part: text.slice(from, end), end }
}

function toBoundary(text: string, from: number, wanted: number): number {
  const near = Math.max(from, wanted - longestCluster)
  const first = isLowSurrogate(text, near) ? near - 1 : near
  const around = text.slice(first, wanted + longestCluster)
  const boundary = first + (segmenter.segment(around).containing(wanted - first)?.index ?? 0)
  if (boundary > near) return boundary
  // One character is the least that makes progress, even where it takes two units.
  if (!isLowSurrogate(text, wanted)) return wanted
  return wanted - 1 > from ? wanted - 1 : wanted + 1
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit <= 0xdfff && index > 0 && isHighSurrogate(text, index - 1)
}

function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xd800 && unit <= 0xdbff
}
