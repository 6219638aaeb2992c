import { z } from 'zod'
import { endpointNames } from '../agent/prompts/endpoints.ts'
import { type ErrorCode, errorCodes, HostError } from '../core/errors.ts'
import type { AgentEvent, RunEnd } from '../core/events.ts'

/** `queued` waits for its session; `parked` ended with calls that wait for an answer, which starts another run. */
const endStates = ['parked', 'done', 'failed', 'cancelled'] as const
const runState = z.enum(['queued', 'running', ...endStates])

/** What is known of a run besides its events. */
export const runSchema = z.object({
  id: z.string(),
  sessionId: z.string(),
  state: runState,
  /** The process that drives it, or last did. */
  owner: z.string(),
  /** Until when that process has it, ISO 8601; a run that has not ended by then was lost with its process. */
  expiresAt: z.string(),
  model: z.string().exactOptional(),
  /** Whose instructions it was given, for whatever goes on in its place; one of a later version is as good as none. */
  endpoint: z.enum(endpointNames).optional().catch(undefined),
  /** ISO 8601. */
  createdAt: z.string(),
  startedAt: z.string().exactOptional(),
  endedAt: z.string().exactOptional(),
  error: z
    .object({
      code: z.enum(Object.keys(errorCodes) as ErrorCode[]),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).exactOptional(),
    })
    .exactOptional(),
  /** Number of its last event; 0 before the first. */
  lastSequence: z.number().int().min(0),
  cancelRequested: z.boolean(),
})

export type Run = z.output<typeof runSchema>
export type RunEndState = (typeof endStates)[number]

/** An event with its number in its run, from 1 without gaps. */
export interface NumberedEvent {
  sequence: number
  event: AgentEvent
}

/** A piece of a run's log. */
export interface LogPage {
  events: NumberedEvent[]
  /** Whether the run had ended before these were read, so that a page which is not full is the last. */
  ended: boolean
}

export function hasEnded({ state }: Pick<Run, 'state'>): boolean {
  return state !== 'queued' && state !== 'running'
}

export function noRun(id: string): HostError {
  return new HostError('not_found', `There is no run ${id}. Runs are kept for a while after their end.`)
}

export function runExists(id: string): HostError {
  return new HostError('invalid_request', `There is a run ${id} already.`)
}

const endStateOf: Partial<Record<RunEnd, RunEndState>> = { parked: 'parked', cancelled: 'cancelled', error: 'failed' }

/** The state of a run that ended so. One that a limit ended is done: its last event says which. */
export function toEndState(reason: RunEnd): RunEndState {
  return endStateOf[reason] ?? 'done'
}
