import { type Avoided, type Capabilities, rungs } from '../backend/capabilities.ts'
import type { ModelRefusal } from '../backend/model-refusal.ts'
import type { Rung } from '../core/events.ts'
import { causeOf, type RefusedRequest } from './refusal-cause.ts'

/** What to do otherwise after a refusal: offer the tools on another rung, or leave something out. */
export type LadderMove = { rung: Rung } | { avoid: Avoided }

/**
 * The move after a refusal, or `undefined` where the refusal is final. A rung that is known not to reach the model is
 * passed over, and nothing is left out twice.
 */
export function moveAfter(
  refusal: ModelRefusal,
  rung: Rung,
  request: RefusedRequest,
  { sees, avoided }: Pick<Capabilities, 'sees'> & { avoided: ReadonlySet<Avoided> },
): LadderMove | undefined {
  const cause = causeOf(refusal, request)
  if (cause === 'other') return undefined
  if (cause !== 'tools') return avoided.has(cause) ? undefined : { avoid: cause }
  const next = rungs.slice(rungs.indexOf(rung) + 1).find((lower) => sees(lower) !== false)
  return next && { rung: next }
}
