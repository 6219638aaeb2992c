import type * as z from 'zod/v4'
import { ToolError } from '../errors.ts'
import { findUnsound, type Unsound } from './unsound-arguments.ts'

/** How many problems one message names; a model mends the first few and asks again. */
const maxNamed = 3

/** How far into a nested value the place of a problem is told. */
const deepestNamed = 6

/** The arguments as the schema's output. Throws `invalid_arguments` naming each field and what is wrong with it. */
export function parseArguments<Schema extends z.ZodType>(schema: Schema, args: unknown): z.output<Schema> {
  const unsound = findUnsound(args)
  if (unsound !== undefined) throw toInvalid([unsound])
  const parsed = schema.safeParse(args ?? {})
  if (parsed.success) return parsed.data
  throw toInvalid(parsed.error.issues.slice(0, maxNamed))
}

function toInvalid(issues: readonly (z.core.$ZodIssue | Unsound)[]): ToolError {
  return new ToolError('invalid_arguments', `The arguments do not fit: ${issues.map(toProblem).join('; ')}.`)
}

function toProblem({ path, message }: z.core.$ZodIssue | Unsound): string {
  const field = path.length > deepestNamed ? [...path.slice(0, deepestNamed), '…'] : path
  return field.length === 0 ? message : `\`${field.map(String).join('.')}\`: ${message}`
}
