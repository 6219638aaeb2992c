import type { Scalar } from './json-tokens.ts'

const longestScalar = 1_000
const scalarCharacter = /[-+.\w]/
const literals: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  None: 'null',
  true: 'true',
  false: 'false',
  null: 'null',
}
const decimal = /^([-+]?)(\d*)(\.\d*)?([eE][-+]?\d+)?$/
const otherBase = /^([-+]?)(0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/

/** A number or a word at `from` as JSON, however large the number. `whole` says that no text follows. */
export function readNotationScalar(text: string, from: number, whole: boolean): Scalar {
  let end = from
  while (end < text.length && scalarCharacter.test(text.charAt(end))) end++
  if (end - from > longestScalar) return { kind: 'broken', problem: 'it has an endless number or word' }
  if (end === text.length && !whole) return { kind: 'more' }
  const word = text.slice(from, end)
  const json = Object.hasOwn(literals, word) ? literals[word] : toJsonNumber(word)
  if (json !== undefined) return { kind: 'whole', length: word.length, json }
  return { kind: 'broken', problem: `it has ${JSON.stringify(word || text.charAt(from))} where a value belongs` }
}

/** A Python number as JSON, its digits as they are; undefined where it is none. */
function toJsonNumber(written: string): string | undefined {
  if (/_(?!\d)|(?<!\d)_/.test(written)) return undefined
  const word = written.replaceAll('_', '')
  const [, baseSign, digits] = otherBase.exec(word) ?? []
  if (digits !== undefined) return `${baseSign === '-' ? '-' : ''}${BigInt(digits)}`
  const [, sign, integer = '', fraction = '', exponent = ''] = decimal.exec(word) ?? []
  if (sign === undefined || (integer === '' && fraction.length < 2) || /^0\d/.test(integer)) return undefined
  return `${sign === '-' ? '-' : ''}${integer || '0'}${fraction === '.' ? '.0' : fraction}${exponent}`
}
