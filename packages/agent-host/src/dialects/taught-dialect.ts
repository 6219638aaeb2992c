import type { Dialect } from './dialect.ts'
import { hermes } from './hermes.ts'
import { detectDialect } from './registry.ts'

/** The dialect to teach a model in its instructions: its own, where that can be taught. */
export function taughtDialect(model: string): Dialect {
  const own = detectDialect(model)
  return own?.promptTools ? own : hermes
}
