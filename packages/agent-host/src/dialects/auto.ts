import type { Dialect } from './dialect.ts'
import { Grammar } from './engine/grammar.ts'
import { TextParser } from './engine/text-parser.ts'

/**
 * For models that nobody knows: recognises what any of the dialects writes, in one scan for all their markers. It
 * writes as the first of them does.
 */
export function createAuto(dialects: readonly Dialect[]): Dialect {
  const grammar = new Grammar({
    openers: dialects.flatMap((dialect) => dialect.grammar?.openers ?? []),
    starts: dialects.flatMap((dialect) => dialect.grammar?.starts ?? []),
  })
  return {
    name: 'auto',
    families: 'Any model, by its markers',
    detects: () => false,
    createParser: (options) => new TextParser(grammar, options),
    write: (calls) => dialects[0]?.write(calls) ?? '',
  }
}
