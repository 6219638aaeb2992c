import { HostError, type HostErrorBody } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Logger } from '../core/logger.ts'
import type { ToolCall } from '../core/tool.ts'
import type { Claim } from '../sessions/claim.ts'
import type { Entry } from '../sessions/entry.ts'
import { type Run, toEndState } from './run.ts'
import type { StartRun } from './start-run.ts'
import type { Stores } from './stores.ts'
import { callsWithoutResult, repeatableCalls, unknownOutcome } from './unknown-outcome.ts'

export interface RecoverOptions {
  stores: Pick<Stores, 'sessions' | 'runs' | 'records'>
  /** Starts a run in the place of a lost one. */
  resume(request: StartRun): Promise<{ runId: string }>
  log: Logger
  /** Name of this process. */
  owner: string
  leaseMs: number
  /** How often to look for lost runs, in milliseconds. */
  everyMs: number
  /** How long a run can be read after its end, in milliseconds. */
  keepMs: number
}

export interface Recovery {
  /** Looks once, now. Resolves with the number of runs that were ended. */
  look(): Promise<number>
  close(): Promise<void>
}

/** They live for hours, and nobody finds one that is too old. */
const removeRecordsEveryMs = 600_000

/**
 * Ends the runs whose process was lost, so that those who follow one come to its end and its session is free; another
 * run goes on in the place of one where all that is unknown may be done again. Forgets runs that ended long ago, and
 * records that have outlived their kind. Of several processes that look, one ends each.
 */
export function recoverRuns(options: RecoverOptions): Recovery {
  const { stores, log, everyMs, keepMs } = options
  let looking: Promise<number> = Promise.resolve(0)
  let recordsRemovedAt = 0

  async function lookNow(): Promise<number> {
    let ended = 0
    for (const run of await stores.runs.lost()) {
      try {
        if (await endLostRun(run, options)) ended++
      } catch (error) {
        // The others are not to wait for it. It stays lost, and is tried again.
        log.error({ err: error, run: run.id }, 'a lost run could not be ended')
      }
    }
    await stores.runs.removeEnded(new Date(Date.now() - keepMs))
    if (Date.now() - recordsRemovedAt >= removeRecordsEveryMs) {
      recordsRemovedAt = Date.now()
      await stores.records.removeOld()
    }
    return ended
  }

  const look = (): Promise<number> => {
    looking = looking.then(lookNow, lookNow)
    return looking
  }
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.error({ err: error }, 'lost runs could not be looked for'))
  }, everyMs)
  return {
    look,
    async close() {
      clearInterval(timer)
      await looking.catch(() => 0)
    },
  }
}

/** Whether it was this process that ended it. */
async function endLostRun(run: Run, options: RecoverOptions): Promise<boolean> {
  const { stores, log, owner, leaseMs } = options
  const claim = await stores.runs.takeOver(run.id, owner, leaseMs)
  if (!claim) return false
  const entries = (await stores.sessions.entries(run.sessionId).catch(noEntries)).filter(
    ({ runId }) => runId === run.id,
  )
  const end = entries.find(({ body }) => body.type === 'run-end')
  if (end?.body.type === 'run-end') {
    const { reason, error } = end.body
    await endRun(claim, run, [{ type: 'run-end', reason, steps: 0 }], stores, error)
  } else {
    const head = await closeSession(run, stores, leaseMs)
    const nextId = head === undefined ? undefined : await resumeRun(run, entries, head, options)
    const failure = toFailure(run, nextId).toBody()
    const unknown = nextId === undefined ? callsWithoutResult(entries).map(toUnknownResult) : []
    const last: AgentEvent[] = [
      { type: 'error', error: failure },
      { type: 'run-end', reason: 'error', steps: 0 },
    ]
    await endRun(claim, run, [...unknown, ...last], stores, failure)
  }
  log.warn({ run: run.id, session: run.sessionId, owner: run.owner }, 'a run whose process was lost was ended')
  return true
}

/** Adds what the log of the run still lacks. A run that had ended in its session lacks its last event at most. */
async function endRun(
  claim: Claim,
  { id, lastSequence }: Run,
  lacking: readonly AgentEvent[],
  { runs }: RecoverOptions['stores'],
  error: HostErrorBody | undefined,
): Promise<void> {
  const [last] = (await runs.read(id, lastSequence - 1, 1)).events
  if (last?.event.type !== 'run-end') await runs.append(claim, lastSequence + 1, lacking)
  const end = last?.event.type === 'run-end' ? last.event : lacking.at(-1)
  await runs.end(claim, toEndState(end?.type === 'run-end' ? end.reason : 'error'), error)
}

function toFailure({ owner }: Run, nextId: string | undefined): HostError {
  const lost = `The process ${owner} that drove this run was lost`
  if (nextId === undefined) return new HostError('run_lost', `${lost}.`)
  return new HostError('run_lost', `${lost}; the run ${nextId} goes on in its place.`, {
    details: { continued_by: nextId },
  })
}

/** The session may be deleted by now. */
function noEntries(error: unknown): readonly Entry[] {
  if (error instanceof HostError && error.code === 'not_found') return []
  throw error
}

/**
 * Writes the run's end into its session, and gives that entry's id. Where the session has another run already, that run
 * has shown its model what is unknown.
 */
async function closeSession(
  run: Run,
  { sessions }: RecoverOptions['stores'],
  leaseMs: number,
): Promise<string | undefined> {
  const claim = () => sessions.claim(run.sessionId, run.id, leaseMs).catch(noSessionLeft)
  let attempt = await claim()
  if (attempt?.claimed === false && attempt.owner === run.id) {
    // Its process is lost, but what it last did was to renew this claim: it runs out soon after that on the run.
    await sessions.released(run.sessionId, AbortSignal.timeout(leaseMs))
    attempt = await claim()
  }
  if (!attempt?.claimed) return undefined
  const body = { type: 'run-end' as const, reason: 'error' as const, error: toFailure(run, undefined).toBody() }
  const [entry] = await sessions.append(attempt.claim, [{ runId: run.id, body }])
  await sessions.release(attempt.claim)
  return entry?.id
}

function noSessionLeft(error: unknown): undefined {
  if (!(error instanceof HostError && error.code === 'not_found')) throw error
}

/** The run that goes on with the calls whose outcome is unknown, where there are any and all of them may be repeated. */
async function resumeRun(
  { id, sessionId, model, endpoint }: Run,
  entries: readonly Entry[],
  parentId: string,
  { resume, log }: RecoverOptions,
): Promise<string | undefined> {
  const calls = repeatableCalls(entries)
  if (calls.length === 0 || calls.length < callsWithoutResult(entries).length) return undefined
  try {
    const request = {
      sessionId,
      parentId,
      unlessContinued: true,
      onBusy: 'reject' as const,
      messages: [],
      calls,
      model,
      endpoint,
    }
    return (await resume(request)).runId
  } catch (error) {
    log.warn({ err: error, run: id }, 'a lost run could not be gone on with')
    return undefined
  }
}

function toUnknownResult({ id, name }: ToolCall): AgentEvent {
  const parts = [{ type: 'text' as const, text: unknownOutcome }]
  return { type: 'tool-result', callId: id, name, durationMs: 0, parts, isError: true }
}
