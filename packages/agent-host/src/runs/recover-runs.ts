import { HostError } from '../core/errors.ts'
import type { AgentEvent, RunEnd } from '../core/events.ts'
import type { Logger } from '../core/logger.ts'
import type { Entry } from '../sessions/entry.ts'
import { type Run, toEndState } from './run.ts'
import type { Stores } from './stores.ts'
import { callsWithoutResult, unknownOutcome } from './unknown-outcome.ts'

export interface RecoverOptions {
  stores: Pick<Stores, 'sessions' | 'runs'>
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

/**
 * Ends the runs whose process was lost, so that those who follow one come to its end and its session is free; and
 * forgets those that ended long ago. Of several processes that look, one ends each.
 */
export function recoverRuns(options: RecoverOptions): Recovery {
  const { stores, log, everyMs, keepMs } = options
  let looking: Promise<number> = Promise.resolve(0)

  async function lookNow(): Promise<number> {
    let ended = 0
    for (const run of await stores.runs.lost()) if (await endLostRun(run, options)) ended++
    await stores.runs.removeEnded(new Date(Date.now() - keepMs))
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
async function endLostRun(run: Run, { stores, log, owner, leaseMs }: RecoverOptions): Promise<boolean> {
  const claim = await stores.runs.takeOver(run.id, owner, leaseMs)
  if (!claim) return false
  const entries = (await stores.sessions.entries(run.sessionId).catch(noEntries)).filter(
    ({ runId }) => runId === run.id,
  )
  const end = entries.find(({ body }) => body.type === 'run-end')
  const failure = new HostError('run_lost', `The process ${run.owner} that drove this run was lost.`)
  const known = end?.body.type === 'run-end' ? end.body.reason : undefined
  if (known === undefined) await closeSession(run, failure, stores, leaseMs)
  await stores.runs.append(claim, run.lastSequence + 1, lastEvents(entries, known, failure))
  await stores.runs.end(claim, toEndState(known ?? 'error'), known === undefined ? failure.toBody() : undefined)
  log.warn({ run: run.id, session: run.sessionId, owner: run.owner }, 'a run whose process was lost was ended')
  return true
}

/** The session may be deleted by now. */
function noEntries(error: unknown): readonly Entry[] {
  if (error instanceof HostError && error.code === 'not_found') return []
  throw error
}

/** Where the session has another run already, that run has shown its model what is unknown. */
async function closeSession(
  { id, sessionId }: Run,
  failure: HostError,
  { sessions }: RecoverOptions['stores'],
  leaseMs: number,
): Promise<void> {
  const attempt = await sessions.claim(sessionId, id, leaseMs)
  if (!attempt.claimed) return
  const body = { type: 'run-end' as const, reason: 'error' as const, error: failure.toBody() }
  await sessions.append(attempt.claim, [{ runId: id, body }])
  await sessions.release(attempt.claim)
}

/** What the log of the run still lacks. A run that had ended lacks its last event at most. */
function lastEvents(entries: readonly Entry[], known: RunEnd | undefined, failure: HostError): AgentEvent[] {
  if (known !== undefined) return [{ type: 'run-end', reason: known, steps: 0 }]
  const unknown = callsWithoutResult(entries).map(({ id, name }): AgentEvent => ({
    type: 'tool-result',
    callId: id,
    name,
    durationMs: 0,
    parts: [{ type: 'text', text: unknownOutcome }],
    isError: true,
  }))
  return [...unknown, { type: 'error', error: failure.toBody() }, { type: 'run-end', reason: 'error', steps: 0 }]
}
