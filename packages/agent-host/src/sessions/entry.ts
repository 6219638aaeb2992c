import { z } from 'zod'
import { type ErrorCode, errorCodes } from '../core/errors.ts'
import type { Message } from '../core/message.ts'
import { messageSchema, toolCallSchema } from '../core/message-schema.ts'

const usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  reasoningTokens: z.number().exactOptional(),
  cachedInputTokens: z.number().exactOptional(),
})

const error = z.object({
  code: z.enum(Object.keys(errorCodes) as ErrorCode[]),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).exactOptional(),
})

const entryBody = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), message: messageSchema }),
  /**
   * A tool is about to be reached. Durable before that, and written once per call: a store refuses a second intent for
   * the same call of the same message. One without a result in a later entry has an unknown outcome.
   */
  z.object({
    type: z.literal('tool-intent'),
    /** The assistant message that made the call: models repeat call ids in other branches of a conversation. */
    messageId: z.string(),
    call: toolCallSchema,
    /** Whether the call may run again, under this intent, where its outcome is unknown. */
    idempotent: z.boolean(),
  }),
  /** What a model is no longer shown from here on; the history itself stays whole. */
  z.object({
    type: z.literal('cut'),
    /** Entries whose tool results are replaced by a short note. */
    trimmed: z.array(z.string()),
    /** Stands for everything up to and including the entry `through`. */
    summary: z.object({ through: z.string(), message: messageSchema }).exactOptional(),
  }),
  /** The run parked: these calls wait for a person or for whoever asked for the run. */
  z.object({
    type: z.literal('pending'),
    messageId: z.string(),
    calls: z.array(
      z.object({
        call: toolCallSchema,
        waitsFor: z.enum(['approval', 'client']),
        /** ISO 8601; after this the answer counts as no. */
        expiresAt: z.string().exactOptional(),
      }),
    ),
  }),
  z.object({
    type: z.literal('approval'),
    messageId: z.string(),
    callId: z.string(),
    decision: z.enum(['approved', 'denied']),
    /** Who decided, as far as is known: the name of a key, `expiry`. */
    by: z.string().exactOptional(),
    reason: z.string().exactOptional(),
  }),
  z.object({
    type: z.literal('run-end'),
    reason: z.enum(['answer', 'parked', 'step-limit', 'time-limit', 'repeated-call', 'cancelled', 'error']),
    usage: usage.exactOptional(),
    error: error.exactOptional(),
  }),
])

/** One node of a conversation's tree. It never changes once it is stored. */
export const entrySchema = z.object({
  /** Unique within its session; a fork keeps the ids of what it copied. */
  id: z.string(),
  /** `null` for the first entry of a conversation, or of another one that was begun in the same session. */
  parentId: z.string().nullable(),
  /** When it was stored, ISO 8601. */
  at: z.string(),
  runId: z.string().exactOptional(),
  body: entryBody,
})

/** For what a store wrote itself: messages are many, and of those only the outside is looked at. */
export const storedEntrySchema = z.custom<Entry>(isEntry, 'not an entry')

function isEntry(value: unknown): boolean {
  const { id, parentId, at, body } = (value ?? {}) as Partial<Entry>
  if (body?.type !== 'message') return entrySchema.safeParse(value).success
  const isNode = typeof id === 'string' && (typeof parentId === 'string' || parentId === null) && typeof at === 'string'
  const { message } = body as { message?: Partial<Message> }
  return isNode && typeof message?.id === 'string' && typeof message.role === 'string' && Array.isArray(message.parts)
}

export type EntryBody = z.output<typeof entryBody>
export type Entry = z.output<typeof entrySchema>

/** An entry before it is stored. */
export interface EntryDraft {
  /** Default: the entry before it in the same append, else the last entry of the session. */
  parentId?: string | null
  runId?: string
  body: EntryBody
}

/** What may be in a session once: two intents with one key are the same call. */
export function intentKey(body: EntryBody): string | undefined {
  return body.type === 'tool-intent' ? JSON.stringify([body.messageId, body.call.id]) : undefined
}

/**
 * The conversation that ends with the entry `id` (default: the last one), first entry first. Empty where there is no
 * such entry.
 */
export function pathTo(entries: readonly Entry[], id: string | undefined = entries.at(-1)?.id): Entry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const path: Entry[] = []
  for (let entry = byId.get(id ?? ''); entry; entry = byId.get(entry.parentId ?? '')) path.push(entry)
  return path.toReversed()
}
