import { findEscapeEnd } from './json-tokens.ts'
import { type Escape, type Notation, toJsonCharacter } from './notation.ts'

const shortEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "'",
  '"': '\\"',
  '\n': '',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  b: '\\b',
  f: '\\f',
  a: '\\u0007',
  v: '\\u000b',
}
const hexLengths: Readonly<Record<string, number>> = { x: 2, U: 8 }
const more: Escape = { kind: 'more' }

/** Python's keyword arguments: `(a=1, b=[None, 'x'])`, with JSON's own literals allowed too. */
export const pythonNotation: Notation = {
  outermost: { open: '(', close: ')', separator: '=' },
  python: true,
  stringAt(text, at, whole) {
    const prefix = /[rRuU]/.test(text.charAt(at)) ? 1 : 0
    const quote = text.charAt(at + prefix)
    if (quote === '') return prefix === 1 && !whole ? 'more' : undefined
    if (quote !== '"' && quote !== "'") return undefined
    const triple = quote.repeat(3)
    const begins = text.slice(at + prefix, at + prefix + 3)
    if (begins !== triple && triple.startsWith(begins) && begins.length < 3 && !whole) return 'more'
    const close = begins === triple ? triple : quote
    const raw = text.charAt(at).toLowerCase() === 'r'
    return { length: prefix + close.length, close, escape: raw ? readRawEscape : readPythonEscape }
  },
}

/** In a raw string a backslash is itself, and keeps a quote from closing the string. */
function readRawEscape(text: string, at: number, whole: boolean): Escape {
  const next = text.charAt(at + 1)
  if (next === '' && !whole) return more
  const quoted = next === '"' || next === "'" || next === '\\'
  return { kind: 'whole', length: quoted ? 2 : 1, json: quoted ? `\\\\${toJsonCharacter(next)}` : '\\\\' }
}

/** An escape as Python has it; one that Python does not know keeps its backslash. */
function readPythonEscape(text: string, at: number, whole: boolean): Escape {
  const kind = text.charAt(at + 1)
  if (kind === '') return whole ? broken('it stops inside an escape') : more
  const short = Object.hasOwn(shortEscapes, kind) ? shortEscapes[kind] : undefined
  if (short !== undefined) return { kind: 'whole', length: 2, json: short }
  if (kind === 'u') return readUnicodeEscape(text, at, whole)
  if (kind === 'N') return broken(String.raw`it has a character by name, \N{…}, which must be written as itself`)
  const hexLength = hexLengths[kind]
  if (hexLength !== undefined) return readHexEscape(text, at, hexLength, whole)
  const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0] ?? ''
  if (octal === '') return { kind: 'whole', length: 1, json: '\\\\' }
  if (octal.length < 3 && at + 1 + octal.length === text.length && !whole) return more
  return character(Number.parseInt(octal, 8), octal.length + 1)
}

/** `\u…`, two of them together where they make one character, as JSON has it. */
function readUnicodeEscape(text: string, at: number, whole: boolean): Escape {
  const end = findEscapeEnd(text, at, whole)
  if (end === undefined) return more
  if (end === 'broken') return broken(String.raw`it has \u without four hexadecimal digits`)
  return { kind: 'whole', length: end - at, json: text.slice(at, end) }
}

function readHexEscape(text: string, at: number, length: number, whole: boolean): Escape {
  const digits = text.slice(at + 2, at + 2 + length)
  const valid = /^[\da-fA-F]*$/.test(digits)
  if (valid && digits.length < length && !whole) return more
  const code = Number.parseInt(digits, 16)
  const scalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  if (valid && digits.length === length && scalar) return character(code, length + 2)
  return broken(`it has a broken escape, ${text.slice(at, at + 2)}`)
}

function character(code: number, length: number): Escape {
  return { kind: 'whole', length, json: toJsonCharacter(String.fromCodePoint(code)) }
}

function broken(problem: string): Escape {
  return { kind: 'broken', problem }
}
