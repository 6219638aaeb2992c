import { z } from 'zod'

/**
 * Kinds of records. Responses and conversations of the OpenAI API name the session and entry that hold their content;
 * a chat's steps are what its client was not shown.
 */
export type RecordKind = 'response' | 'conversation' | 'chat-steps'

/** How long records of a kind are there after they were last put, in milliseconds; of other kinds until they are deleted. */
export type RecordLifetimes = Readonly<Partial<Record<RecordKind, number>>>

export const recordLifetimes: RecordLifetimes = { 'chat-steps': 24 * 3_600_000 }

export type JsonRecord = Record<string, unknown>

/** A record from outside the process. A schema of its members would drop one that is called `__proto__`. */
export const recordSchema = z.custom<JsonRecord>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'not a JSON object',
)

/** Small JSON objects found by their id, at the same cost however many there are. Durable as sessions are. */
export interface RecordStore {
  /** Adds it, or replaces the one with this id. @throws HostError `invalid_request` where the id cannot be one. */
  put(kind: RecordKind, id: string, record: JsonRecord): Promise<void>
  /** `undefined` where there is none. */
  get(kind: RecordKind, id: string): Promise<JsonRecord | undefined>
  /** Whether there was one. */
  delete(kind: RecordKind, id: string): Promise<boolean>
  /** Frees the room of records that have outlived their kind, where that does not come by itself; gives their number. */
  removeOld(): Promise<number>
}
