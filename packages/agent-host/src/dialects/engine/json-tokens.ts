const longestScalar = 1_000
const scalarCharacter = /[-+.\w]/
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/
const literals = new Set(['true', 'false', 'null'])
const pythonLiterals: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' }
const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const unicodeEscape = /^\\u[0-9a-fA-F]{4}$/
const highEscape = /^\\u[dD][89abAB]/
const beginsLowEscape = /^(?:\\(?:u(?:[dD](?:[c-fC-F][0-9a-fA-F]{0,2})?)?)?)?$/
const lowEscape = /^\\u[dD][c-fC-F][0-9a-fA-F]{2}$/

/** A number or word, `more` text being needed to know, or what is wrong. `json` where JSON writes it another way. */
export type Scalar = { kind: 'whole'; length: number; json?: string } | { kind: 'more' } | Broken
interface Broken {
  kind: 'broken'
  problem: string
}

/** Reads a number or a word at `from`. `whole` says that no text follows. */
export function readScalar(text: string, from: number, whole: boolean): Scalar {
  let end = from
  while (end < text.length && scalarCharacter.test(text.charAt(end))) end++
  if (end - from > longestScalar) return { kind: 'broken', problem: 'it has an endless number or word' }
  if (end === text.length && !whole) return { kind: 'more' }
  const word = text.slice(from, end)
  if (literals.has(word) || number.test(word)) return { kind: 'whole', length: word.length }
  const json = Object.hasOwn(pythonLiterals, word) ? pythonLiterals[word] : undefined
  if (json !== undefined) return { kind: 'whole', length: word.length, json }
  return { kind: 'broken', problem: `it has ${JSON.stringify(word || text.charAt(from))} where a value belongs` }
}

/** Index of the next character of a string that is not plain: a quote, a backslash, a control character; or the end. */
export function scanString(text: string, from: number, quote: string): number {
  const single = quote === "'"
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34 || code === 92 || code < 32 || (single && code === 39)) break
  }
  return at
}

/**
 * Where the escape at `from` ends; undefined while that is not known. An escaped surrogate pair is one escape, so that
 * no cut falls between its halves.
 */
export function findEscapeEnd(text: string, from: number, whole: boolean): number | 'broken' | undefined {
  const kind = text[from + 1]
  if (kind === undefined) return whole ? 'broken' : undefined
  if (kind !== 'u') return '"\\/bfnrt\''.includes(kind) ? from + 2 : 'broken'
  const escape = text.slice(from, from + 6)
  if (escape.length < 6) return whole || !/^\\u[0-9a-fA-F]*$/.test(escape) ? 'broken' : undefined
  if (!unicodeEscape.test(escape)) return 'broken'
  if (!highEscape.test(escape)) return from + 6
  const next = text.slice(from + 6, from + 12)
  if (lowEscape.test(next)) return from + 12
  return !whole && beginsLowEscape.test(next) ? undefined : from + 6
}

/** A control character as JSON escapes it. */
export function toEscape(char: string): string {
  return shortEscapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
