import { compile, search } from '@jmespath-community/jmespath'
import { parseExactJson } from './exact-json.ts'
import { sliceText } from './slice-text.ts'

export interface SelectJob {
  /** JSON, or what claims to be. */
  readonly text: string
  /** A JMESPath expression. */
  readonly select: string
}

/** What a selection gave. */
export type Selection =
  | { readonly outcome: 'found'; readonly text: string }
  /** `reason` where the expression asked for something that cannot be had, such as the length of a number. */
  | { readonly outcome: 'nothing'; readonly reason: string; readonly keys: readonly string[] }
  | { readonly outcome: 'not-json' | 'too-much' }

type Json = Parameters<typeof search>[0]

/** Longest result, in characters; more is not worth the memory, as nobody pages that far. */
const longestResult = 2_000_000

const mostKeys = 50
const longestKey = 60

/** What is wrong with the expression as it is written; undefined where it can be read. */
export function findSelectProblem(select: string): string | undefined {
  try {
    compile(select)
    return undefined
  } catch (error) {
    return toReason(error)
  }
}

/** Evaluates an expression. The language can ask for more than fits any memory: run it where it can be stopped. */
export function selectJson({ text, select }: SelectJob): Selection {
  const data = parseExactJson(text)
  if (data === undefined) return { outcome: 'not-json' }
  const keys = toTopKeys(data)
  try {
    const found = JSON.stringify(search(withoutPrototypes(data) as Json, select), withoutExpressions) as
      | string
      | undefined
    if (found === undefined || found === 'null') return { outcome: 'nothing', reason: '', keys }
    return found.length > longestResult ? { outcome: 'too-much' } : { outcome: 'found', text: found }
  } catch (error) {
    return { outcome: 'nothing', reason: toReason(error), keys }
  }
}

/** The library looks names up without asking whose they are; nobody's `constructor` is data. */
function withoutPrototypes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) withoutPrototypes(inner)
  return Array.isArray(value) ? value : Object.setPrototypeOf(value, null)
}

/** An expression that was not evaluated (`&name`) is a tree of the library's own, and no result. */
function withoutExpressions(_key: string, value: unknown): unknown {
  const isExpression = typeof value === 'object' && value !== null && 'expref' in value && 'type' in value
  return isExpression && Object.getPrototypeOf(value) !== null ? undefined : value
}

/** The names to select by: of the object, or of the first object in the array. */
function toTopKeys(data: unknown): string[] {
  const isList = Array.isArray(data)
  const sample: unknown = isList ? data[0] : data
  if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) return []
  const keys = Object.keys(sample).slice(0, mostKeys)
  return keys.map((key) => `${isList ? '[].' : ''}${sliceText(key, 0, longestKey).part}`)
}

function toReason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200)
}
