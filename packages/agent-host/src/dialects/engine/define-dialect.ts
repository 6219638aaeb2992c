import type { Dialect } from '../dialect.ts'
import { Grammar, type GrammarRules } from './grammar.ts'
import { TextParser } from './text-parser.ts'

/** A dialect that the engine reads by its grammar. */
export function defineDialect(parts: Omit<Dialect, 'createParser'> & { grammar: GrammarRules }): Dialect {
  const grammar = new Grammar(parts.grammar)
  return { ...parts, createParser: (options) => new TextParser(grammar, options) }
}
