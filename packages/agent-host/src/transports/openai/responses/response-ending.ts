import { type HostErrorBody, errorCodes } from '../../../core/errors.ts'
import type { RunEnd, TurnEnd } from '../../../core/events.ts'
import type { ResponseObject } from './response-events.ts'

/** How a Response ends: the event that says so, and what it says. */
export interface Ending {
  type: 'response.completed' | 'response.incomplete' | 'response.failed'
  fields: Pick<ResponseObject, 'status' | 'error' | 'incomplete_details'>
}

/**
 * How a run's end, its last turn's end and its failure, if any, are told. Where a limit of ours ended the run, the
 * details name it in our words, as OpenAI's two reasons are others.
 */
export function toEnding(reason: RunEnd, lastTurn: TurnEnd, failure: HostErrorBody | undefined): Ending {
  if (reason === 'error' || failure) return toFailure(failure)
  const whole = { error: null, incomplete_details: null }
  if (reason === 'cancelled') return { type: 'response.incomplete', fields: { ...whole, status: 'cancelled' } }
  const cut = cutShort[lastTurn]
  if ((reason === 'answer' || reason === 'parked') && cut === undefined) {
    return { type: 'response.completed', fields: { ...whole, status: 'completed' } }
  }
  const incomplete_details = { reason: cut ?? reason } as ResponseObject['incomplete_details']
  return { type: 'response.incomplete', fields: { status: 'incomplete', error: null, incomplete_details } }
}

const cutShort: Partial<Record<TurnEnd, string>> = { length: 'max_output_tokens', 'content-filter': 'content_filter' }

const overlong = 'context_length_exceeded'

function toFailure(failure: HostErrorBody | undefined): Ending {
  const isBusy = failure !== undefined && (errorCodes[failure.code].status as number) === 429
  // Codex goes by the code that a conversation which is too long has.
  const code = isBusy ? 'rate_limit_exceeded' : failure?.code === overlong ? overlong : 'server_error'
  const error = { code, message: failure?.message ?? 'The run failed.' } as NonNullable<ResponseObject['error']>
  return { type: 'response.failed', fields: { status: 'failed', error, incomplete_details: null } }
}
