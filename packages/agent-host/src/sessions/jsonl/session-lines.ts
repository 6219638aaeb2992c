import { z } from 'zod'
import { HostError } from '../../core/errors.ts'
import { storedEntrySchema } from '../entry.ts'
import { sessionSchema } from '../session.ts'

/** The first line: the session as it was made. What changed since is in the file beside it. */
const header = sessionSchema.omit({ updatedAt: true }).extend({
  type: z.literal('session'),
  version: z.number(),
  /** Every claim has a higher token, also than any on a former session of this id. */
  token: z.number(),
})

/** One line is what was written at once: whole, or not at all. */
const line = z.discriminatedUnion('type', [
  header,
  /** From here on, entries with a lower token are void: their writer had lost the session and did not know yet. */
  z.object({ type: z.literal('claim'), token: z.number(), owner: z.string(), at: z.string() }),
  z.object({ type: z.literal('entries'), token: z.number(), entries: z.array(storedEntrySchema) }),
])

export type SessionHeader = z.output<typeof header>
export type SessionLine = z.output<typeof line>

const version = 1

/** @throws HostError `store_failed` where the file is of a later version; any other error where the line is none. */
export function parseLine(text: string): SessionLine {
  const parsed = line.parse(JSON.parse(text))
  if (parsed.type === 'session' && parsed.version > version) {
    const message = `The session ${parsed.id} was written by a later version of agent-host (format ${parsed.version}).`
    throw new HostError('store_failed', message)
  }
  return parsed
}

export function toHeader(session: Omit<SessionHeader, 'type' | 'version'>): SessionHeader {
  return { type: 'session', version, ...session }
}

export function toLine(content: SessionLine): string {
  return `${JSON.stringify(content)}\n`
}
