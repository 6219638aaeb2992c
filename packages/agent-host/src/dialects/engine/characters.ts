/** Whether this UTF-16 unit is white space of JSON: space, tab, line feed, carriage return. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

/** Index of the first character at or after `from` that is not white space. */
export function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  return at
}

/** Index of the first character at or after `from` that is not white space or ends the line. */
export function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) !== 10 && isSpace(text.charCodeAt(at))) at++
  return at
}

/** `to`, or one less where a cut there would split a surrogate pair whose second half may still come. */
export function safeCut(text: string, to: number): number {
  const last = to > 0 ? text.charCodeAt(to - 1) : 0
  return last >= 0xd800 && last <= 0xdbff ? to - 1 : to
}
