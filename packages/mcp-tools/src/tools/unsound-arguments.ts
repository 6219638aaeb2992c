import { deepestNesting } from './nesting.ts'

/** Something in arguments that no tool can take as it is. */
export interface Unsound {
  readonly path: readonly string[]
  /** What is wrong with it. */
  readonly message: string
}

/**
 * Finds what schemas let pass and later code would change or break on: nesting without end, half a surrogate pair,
 * which no encoding can hold, and the name `__proto__`, which objects lose. Undefined where there is nothing of it.
 */
export function findUnsound(value: unknown, depth = 0): Unsound | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : { path: [], message: halfPair }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === deepestNesting) return { path: [], message: `nested more than ${deepestNesting} levels deep` }
  for (const [name, item] of Object.entries(value)) {
    if (name === '__proto__') return { path: [name], message: 'a name that cannot be used' }
    if (!name.isWellFormed()) return { path: [name], message: `a name with ${halfPair}` }
    const found = findUnsound(item, depth + 1)
    if (found !== undefined) return { ...found, path: [name, ...found.path] }
  }
  return undefined
}

const halfPair = 'half of a surrogate pair, which is no character'
