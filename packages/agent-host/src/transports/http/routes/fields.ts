import { z } from 'zod'
import type { ErrorCode } from '../../../core/errors.ts'

/** Far more than a person types, and less than fills any model's context. */
const longestMessage = 100_000

/** What a person says. */
export const messageText = z
  .string()
  .max(longestMessage, `must be at most ${longestMessage} characters`)
  .refine((text) => text.trim() !== '', 'must not be empty')

/** A session's id; clients may choose their own. */
export const sessionId = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, "_" and "-"')

/** What to do where the session has a run already. */
export const onBusy = z.enum(['queue', 'reject', 'interrupt']).default('queue')

/** How a turn may fail, whichever endpoint it came from. */
export const turnErrors = [
  'not_found',
  'session_busy',
  'too_many_runs',
  'run_timeout',
  'context_length_exceeded',
  'model_unreachable',
  'model_failed',
  'model_timeout',
  'invalid_config',
  'shutting_down',
  'store_failed',
] as const satisfies ErrorCode[]
