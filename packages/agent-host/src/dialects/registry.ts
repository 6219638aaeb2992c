import { createAuto } from './auto.ts'
import { bareJsonDialect } from './bare-json.ts'
import type { Dialect } from './dialect.ts'
import { harmony } from './harmony.ts'
import { hermes } from './hermes.ts'

const registered: Dialect[] = [hermes, harmony, bareJsonDialect]
let auto = createAuto(registered)

/** All registered dialects; `auto` is made of them and not among them. */
export const dialects: readonly Dialect[] = registered

/** The dialect of this name or alias, `auto` included, in any case; undefined where there is none. */
export function findDialect(name: string): Dialect | undefined {
  const wanted = name.toLowerCase()
  if (wanted === auto.name) return auto
  return registered.find((dialect) => dialect.name === wanted || dialect.aliases?.includes(wanted))
}

/** The dialect that a model of this id speaks; undefined where it is not known. */
export function detectDialect(model: string): Dialect | undefined {
  return registered.find((dialect) => dialect.detects(model))
}

/** The dialect to read a model's text with: its own, else `auto`. */
export function dialectFor(model: string): Dialect {
  return detectDialect(model) ?? auto
}

/** Adds a dialect before all others, in place of one of the same name. */
export function registerDialect(dialect: Dialect): void {
  const same = registered.findIndex((other) => other.name === dialect.name)
  if (same !== -1) registered.splice(same, 1)
  registered.unshift(dialect)
  auto = createAuto(registered)
}
