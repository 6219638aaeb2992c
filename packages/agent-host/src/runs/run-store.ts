import type { PromptEndpoint } from '../agent/prompts/endpoints.ts'
import type { HostErrorBody } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Claim } from '../sessions/claim.ts'
import type { LogPage, NumberedEvent, Run, RunEndState } from './run.ts'

export interface NewRun {
  id: string
  sessionId: string
  /** What asked for it. */
  endpoint?: PromptEndpoint | undefined
  /** Name of the process that drives it. */
  owner: string
  /** How long the process has the run unless it renews its claim, in milliseconds. */
  ttlMs: number
}

/** A run from its start to its end. It is claimed by its process for all that time. */
interface RunLife {
  /** Adds a run that is `queued`, claimed. @throws HostError `invalid_request` where there is one with this id. */
  create(run: NewRun): Promise<Claim>
  /** `undefined` where there is none. */
  get(id: string): Promise<Run | undefined>
  /** From `queued` to `running`. */
  start(claim: Claim, model: string): Promise<void>
  /** Ends the run and its claim; readers come to the end of its log. */
  end(claim: Claim, state: RunEndState, error?: HostErrorBody): Promise<void>
  renew(claim: Claim, ttlMs: number): Promise<Claim>
  /** Claims a run whose process was lost; `undefined` where it has ended, is alive, or another was faster. */
  takeOver(id: string, owner: string, ttlMs: number): Promise<Claim | undefined>
  /** Runs that have not ended although nobody has them any more. */
  lost(): Promise<Run[]>
  /** Removes the runs that ended before then, and gives their number. */
  removeEnded(before: Date): Promise<number>
}

/** The numbered events of runs. */
interface RunLog {
  /**
   * Adds events to the log, the first of them as number `from`. What the log has already is skipped, so that a write
   * may be repeated where its outcome is unknown.
   *
   * @throws RangeError where a number would be left out.
   */
  append(claim: Claim, from: number, events: readonly AgentEvent[]): Promise<void>
  /** At most `limit` events after the number `after`. */
  read(id: string, after: number, limit: number): Promise<LogPage>
  /** All events after the number `after`, as they come, until the run's end or the abort. */
  follow(id: string, after: number, signal?: AbortSignal): AsyncIterable<NumberedEvent>
}

/** How anybody stops a run, wherever it is driven. */
interface RunCancel {
  /** Asks whoever drives the run to cancel it. Nothing happens where it has ended. */
  requestCancel(id: string): Promise<void>
  /** `true` once somebody asks for it; `false` at the abort, or where the run ends without. */
  cancelRequested(id: string, signal?: AbortSignal): Promise<boolean>
}

/**
 * Keeps runs and the log of their events. Every method with an id throws HostError `not_found` where there is no such
 * run, and every one with a claim `stale_claim` where the claim has expired, was taken over, or the run has ended,
 * unless it says otherwise.
 */
export interface RunStore extends RunLife, RunLog, RunCancel {}
