import type * as z from 'zod/v4'
import { ToolError } from '../errors.ts'

/** How many problems one message names; a model mends the first few and asks again. */
const maxNamed = 3

/** The arguments as the schema's output. Throws `invalid_arguments` naming each field and what is wrong with it. */
export function parseArguments<Schema extends z.ZodType>(schema: Schema, args: unknown): z.output<Schema> {
  const parsed = schema.safeParse(args ?? {})
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.slice(0, maxNamed).map(toProblem)
  throw new ToolError('invalid_arguments', `The arguments do not fit: ${problems.join('; ')}.`)
}

function toProblem(issue: z.core.$ZodIssue): string {
  const field = issue.path.map(String).join('.')
  return field === '' ? issue.message : `\`${field}\`: ${issue.message}`
}
