import { z } from 'zod'
import { HostError } from '../core/errors.ts'

/** What a page is ordered by. */
export interface Listed {
  id: string
  /** ISO 8601. */
  updatedAt: string
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string()])

/** Where a page ended, as an opaque text. */
export function toCursor({ id, updatedAt }: Listed): string {
  return Buffer.from(JSON.stringify([updatedAt, id])).toString('base64url')
}

/** @throws HostError `invalid_request`. */
export function fromCursor(cursor: string): Listed {
  try {
    const [updatedAt, id] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { id, updatedAt }
  } catch (cause) {
    throw new HostError('invalid_request', 'The cursor is not one that a list gave.', { cause })
  }
}

/** Less than 0 where `a` is listed before `b`: the last updated first. */
export function compareListed(a: Listed, b: Listed): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt > b.updatedAt ? -1 : 1
  if (a.id === b.id) return 0
  return a.id > b.id ? -1 : 1
}

/** The page after the cursor, of all that there are in any order. */
export function pageOf<Item extends Listed>(
  all: readonly Item[],
  { limit = 50, cursor }: { limit?: number; cursor?: string | undefined } = {},
): { items: Item[]; cursor?: string } {
  const after = cursor === undefined ? undefined : fromCursor(cursor)
  const left = after ? all.filter((item) => compareListed(after, item) < 0) : [...all]
  const items = left.toSorted(compareListed).slice(0, limit)
  const last = items.at(-1)
  return { items, ...(last && left.length > items.length && { cursor: toCursor(last) }) }
}
