import type { z } from 'zod'
import { HostError } from '../../core/errors.ts'

/** A request body by its schema. @throws HostError `invalid_request` that names each wrong field. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body ?? undefined)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => ({
    field: issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.') || 'body',
    problem: issue.message,
  }))
  const words = issues.map(({ field, problem }) => `${field}: ${problem}`).join('; ')
  throw new HostError('invalid_request', `The request is not valid: ${words}`, { details: { issues } })
}
