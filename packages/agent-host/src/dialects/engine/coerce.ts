import { Input } from './input.ts'
import { JsonReader } from './json-reader.ts'
import { TextBuffer } from './text-buffer.ts'
import { anyKind, type Kinds } from './value-kinds.ts'

/** A value whose first characters leave its type open is a string if they still do after so many. */
const decidingLength = 64
const numberBeginning = /^-?(?:\d[\d.eE+-]*)?\s*$/
const number = /^-?(?:0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/
const literals = ['true', 'false', 'null']
const pythonLiterals: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' }

/** How many characters of a value {@link mayBeOtherThanString} wants to see. */
export const headLength = decidingLength

/**
 * Whether a value that begins so may turn out to be something else than a string. Once it says no, it says no for all
 * that goes on so; hence a string can stream from there.
 */
export function mayBeOtherThanString(head: string, kinds: Kinds): boolean {
  if (!kinds.has('string')) return true
  const text = head.trimStart()
  if (text === '') return kinds.size > 1 && head.length < decidingLength
  if (text.startsWith('{')) return kinds.has('object')
  if (text.startsWith('[')) return kinds.has('array')
  if (kinds.has('integer') || kinds.has('fraction')) if (numberBeginning.test(text)) return true
  const words = literalsOf(kinds)
  return words.some((word) => word.startsWith(text) || (text.startsWith(word) && text.slice(word.length).trim() === ''))
}

/**
 * The JSON that raw text stands for, if it is one of these kinds and no string; undefined where it stays a string.
 * Numbers keep their digits as written. Where it cannot be a string, Python's notation and small faults are mended.
 */
export function coerce(text: string, kinds: Kinds, repair: (what: string) => void): string | undefined {
  const written = text.trim()
  if (written.startsWith('{') || written.startsWith('[')) {
    if (!kinds.has(written.startsWith('{') ? 'object' : 'array')) return undefined
    return readJson(written, repair, kinds.has('string'))
  }
  const digits = number.exec(written)
  if (digits) return kinds.has(isInteger(digits) ? 'integer' : 'fraction') ? written : undefined
  const strict = literalsOf(kinds).find((word) => word === written)
  const word = strict ?? (kinds.has('string') ? undefined : anyCase(written, kinds))
  if (word === undefined) return undefined
  const json = pythonLiterals[word] ?? word
  if (json !== written) repair(`${written} became ${json}`)
  return json
}

/** One whole JSON value, mended where that is clear; undefined where it is none. With `strict`, nothing is mended. */
export function readJson(text: string, repair: (what: string) => void, strict = false): string | undefined {
  const input = new Input()
  input.push(text.trim())
  input.ended = 'stop'
  const json = new TextBuffer()
  const repairs: string[] = []
  const sink = { write: (piece: string) => json.add(piece), repair: (what: string) => void repairs.push(what) }
  const end = new JsonReader(input, sink).read().next()
  if (!end.done || end.value.kind !== 'closed' || !input.empty || (strict && repairs.length > 0)) return undefined
  for (const what of repairs) repair(what)
  return json.toString()
}

/** The words that are literals of these kinds; Python's only where the schema asks for the kind. */
function literalsOf(kinds: Kinds): string[] {
  const words = kinds.size === anyKind.size ? literals : [...literals, ...Object.keys(pythonLiterals)]
  return words.filter((word) => kinds.has(word === 'null' || word === 'None' ? 'null' : 'boolean'))
}

function anyCase(written: string, kinds: Kinds): string | undefined {
  return literalsOf(kinds).find((word) => word === written.toLowerCase())
}

function isInteger([, fraction = '', exponent = '0']: readonly string[]): boolean {
  return fraction.replace(/0+$/, '').length <= Number(exponent)
}
