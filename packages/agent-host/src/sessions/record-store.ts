import { z } from 'zod'

/** Kinds of records. Responses and conversations of the OpenAI API name the session and entry that hold their content. */
export type RecordKind = 'response' | 'conversation'

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
}
