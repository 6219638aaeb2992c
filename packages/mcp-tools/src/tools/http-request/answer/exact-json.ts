import { isNestedTooDeep } from '../../nesting.ts'
import type { ResponseOutput } from '../schema.ts'

/** Any JSON but `null`. */
export type JsonValue = NonNullable<ResponseOutput['json']>

/** A reviver as Node calls it, with the literal that the value was read from (ECMAScript proposal, in V8 since 11.4). */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** Enough to know a text without such numbers: digits or an exponent that a double may not hold. */
const mayBeInexact = /\d{16}|\d[eE]\+?\d{3}/

const mayHaveHalfPairs = /\\u[dD][89a-fA-F]/

/** Each escape: a surrogate pair, a half of one, or any other, such as that of a backslash before a `u`. */
const escapes = /\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?<half>u[dD][89a-fA-F]..)|.)/g

function withoutHalfPair(escape: string, half: string | undefined): string {
  return half === undefined ? escape : '\\ufffd'
}

/**
 * Parses JSON; an integer that a JavaScript number cannot hold exactly becomes a string with its digits, so that an
 * identifier never changes silently. Half of a surrogate pair, which many clients cannot read, becomes U+FFFD. Undefined
 * for what is not JSON, for `null`, and for what is nested too deep to be written again.
 */
export function parseExactJson(text: string): JsonValue | undefined {
  try {
    const whole = mayHaveHalfPairs.test(text) ? text.replaceAll(escapes, withoutHalfPair) : text
    const value = mayBeInexact.test(whole) ? JSON.parse(whole, keepDigits as Reviver) : JSON.parse(whole)
    return isNestedTooDeep(value) ? undefined : ((value as JsonValue | null) ?? undefined)
  } catch {
    return undefined
  }
}

type Reviver = (key: string, value: unknown) => unknown

const keepDigits: SourceReviver = (_key, value, { source }) => {
  if (typeof value !== 'number' || source === undefined) return value
  const isExact = /[.eE]/.test(source) ? Number.isFinite(value) : Number.isSafeInteger(value)
  return isExact ? value : source
}
