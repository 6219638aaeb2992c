import type { z } from 'zod'

/** One setting, described once: the environment, the command line, `--help` and the docs all read this. */
export interface Option<Schema extends z.ZodType> {
  env: string
  /** Commander's flag syntax. Secrets have none: a command line is visible to every user of the machine. */
  flag?: string
  /** What a valid value looks like; follows "must be" in messages. */
  allowed: string
  help: string
  /** Words for the default in `--help`, where it is not a plain value. */
  unset?: string
  secret?: true
  /** Never shown in messages, though a config file may set it. A secret is both hidden and kept out of config files. */
  hidden?: true
  /** The only commands that have it. Default: all that take settings, but the proxy. */
  commands?: readonly string[]
  schema: Schema
}

/** Keeps the type of the schema. */
export function option<Schema extends z.ZodType>(definition: Option<Schema>): Option<Schema> {
  return definition
}
