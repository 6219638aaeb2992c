import type { Dialect } from '../dialects/dialect.ts'
import { dialectFor } from '../dialects/registry.ts'

/** The dialects of models by their ids, looked up once: no request needs to match a hundred patterns anew. */
export interface ModelDialects {
  of(model: string): Dialect
}

/** Clients may name any model; so many names are remembered. */
const remembered = 1000

export function createModelDialects(): ModelDialects {
  const known = new Map<string, Dialect>()
  return {
    of(model) {
      let dialect = known.get(model)
      if (dialect) return dialect
      if (known.size >= remembered) known.clear()
      known.set(model, (dialect = dialectFor(model)))
      return dialect
    },
  }
}
