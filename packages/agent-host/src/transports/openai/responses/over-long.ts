import type { KnownLimits } from '../../../agent/known-limits.ts'
import { HostError } from '../../../core/errors.ts'
import type { StartRun } from '../../../runs/start-run.ts'
import type { ResponseObject } from './response-events.ts'

const code = 'context_length_exceeded'

/** @throws HostError `context_length_exceeded` for a conversation that its model cannot take, and that is not to be cut. */
export async function refuseOverlong(
  { fit, model, messages, tools = [], clientTools = [] }: StartRun,
  limits: KnownLimits,
): Promise<void> {
  if (fit !== 'never' || model === undefined) return
  const excess = await limits.excess(model, messages, [...tools, ...clientTools])
  if (!excess) return
  throw toOverlong(
    `The conversation has ${excess.atLeast} tokens or more, and the model takes ${excess.most}, its answer included.`,
  )
}

/** The same for a Response that the model server itself refused so. @throws HostError `context_length_exceeded` */
export function throwIfOverlong({ error }: ResponseObject): void {
  if (error && isOverlong(error.code)) throw toOverlong(error.message)
}

/** OpenAI's list of codes lacks the one that its API sends. */
function isOverlong(given: string): boolean {
  return given === code
}

function toOverlong(message: string): HostError {
  const advice = 'Shorten it, or send "truncation": "auto" to have its beginning left out.'
  return new HostError(code, `input: ${message} ${advice}`, { details: { param: 'input' } })
}
