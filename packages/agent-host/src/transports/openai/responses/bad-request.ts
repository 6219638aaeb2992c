import type { z } from 'zod'
import { HostError } from '../../../core/errors.ts'

/** A 400 that names the field, such as `input[3].call_id`. */
export function badRequest(param: string, message: string): HostError {
  return new HostError('invalid_request', `${param}: ${message}`, { details: { param } })
}

/** The first thing that is wrong with `value`, found at `path` of the request. @throws HostError `invalid_request` */
export function parseAt<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw badRequest(toParam(path, issue?.path ?? []) || 'body', issue?.message ?? 'is not valid')
}

function toParam(base: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, base)
}
