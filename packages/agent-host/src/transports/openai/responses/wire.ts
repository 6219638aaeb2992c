import { z } from 'zod'
import { HostError } from '../../../core/errors.ts'
import { badRequest } from './bad-request.ts'

/** What lists are asked for with. */
export const listQuery = z.looseObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().optional(),
})

/** A page of items in OpenAI's form. */
export function toList(
  items: readonly Record<string, unknown>[],
  { limit, order, after }: z.output<typeof listQuery>,
): Record<string, unknown> {
  const ordered = order === 'asc' ? [...items] : items.toReversed()
  const start = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && start === 0) throw badRequest('after', `there is no item ${JSON.stringify(after)}`)
  const data = ordered.slice(start, start + limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  }
}

export function toJson(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString() : '')
  } catch {
    throw new HostError('invalid_request', 'The body is not valid JSON.')
  }
}
