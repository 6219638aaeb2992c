import { HostError } from '../core/errors.ts'
import { createId } from '../core/ids.ts'
import { type ApprovalAnswer, answerApproval } from './answer-approval.ts'
import { type DriveOptions, driveRun } from './drive-run.ts'
import { createSessionHolder, type HeldSession } from './hold-session.ts'
import { holdLease, type Lease } from './lease.ts'
import { noRun, type NumberedEvent, type Run } from './run.ts'
import { addMessages, type Opening, openSession, type StartRun } from './start-run.ts'

export interface StartedRun {
  runId: string
  sessionId: string
  /** Settles once the run is over and everything of it is stored. It does not reject. */
  ended: Promise<void>
}

/** Owns every run that is driven in this process, and knows those of others. */
export interface RunManager {
  /**
   * Starts a run. Once this resolves, the messages are durable and the run goes on by itself.
   *
   * @throws HostError `session_busy`, `not_found` for the session or the entry, `too_many_runs`, `shutting_down`, or what
   *   the stores fail with.
   */
  start(request: StartRun): Promise<StartedRun>
  /** The run's events after this number, as they come, until its end. @throws HostError `not_found` */
  follow(runId: string, after?: number, signal?: AbortSignal): AsyncIterable<NumberedEvent>
  /** @throws HostError `not_found` */
  get(runId: string): Promise<Run>
  /** Cancels it wherever it is driven. @throws HostError `not_found` */
  cancel(runId: string): Promise<void>
  /**
   * Decides about a call that a parked run waits with. Once the last of them is decided, a run starts that goes on from
   * there; `undefined` while others wait.
   *
   * @throws HostError `not_found`, `already_answered`
   */
  answer(runId: string, callId: string, answer: ApprovalAnswer): Promise<StartedRun | undefined>
  /** Starts nothing more, gives what runs `graceMs` to end, and cancels the rest. */
  close(graceMs?: number): Promise<void>
}

export interface RunManagerOptions extends DriveOptions {
  /** Name of this process among those that share the stores. */
  owner: string
  /** How long a run outlives the loss of its process before others may take it over, in milliseconds. */
  leaseMs: number
  /** Most runs at once, those that wait for their session counted. */
  mostRuns: number
}

interface LiveRun {
  abort: AbortController
  ended: Promise<void>
}

export function createRunManager(options: RunManagerOptions): RunManager {
  const { stores, owner, leaseMs, mostRuns } = options
  const { runs, sessions } = stores
  const hold = createSessionHolder(stores, leaseMs)
  const live = new Map<string, LiveRun>()
  let starting = 0
  let closing = false

  async function start(request: StartRun): Promise<StartedRun> {
    if (closing) throw new HostError('shutting_down', 'The service is shutting down; try again later.')
    if (live.size + starting >= mostRuns) throw tooManyRuns(mostRuns)
    starting++
    try {
      return await startNow(request)
    } finally {
      starting--
    }
  }

  async function startNow(request: StartRun): Promise<StartedRun> {
    const sessionId = await openSession(sessions, request)
    const runId = createId('run')
    const claim = await runs.create({ id: runId, sessionId, endpoint: request.endpoint, owner, ttlMs: leaseMs })
    const lease = holdLease(claim, runs.renew, leaseMs)
    const begun = await begin(request, { runId, sessionId }, hold, options).catch(async (error: unknown) => {
      await refuse(lease, options, error)
      throw error
    })
    const abort = new AbortController()
    const ended = watchCancel(runId, abort, options, () =>
      driveRun({ id: runId, ...begun, lease, signal: abort.signal }, options),
    ).finally(() => {
      lease.end()
      live.delete(runId)
    })
    live.set(runId, { abort, ended })
    return { runId, sessionId, ended }
  }

  async function get(runId: string): Promise<Run> {
    const found = await runs.get(runId)
    if (!found) throw noRun(runId)
    return found
  }

  return {
    start,
    get,
    follow: (runId, after = 0, signal) => runs.follow(runId, after, signal),
    cancel: (runId) => runs.requestCancel(runId),
    async answer(runId, callId, answer) {
      const next = await answerApproval(await get(runId), callId, answer, stores, hold)
      return next && (await start(next))
    },
    async close(graceMs = 0) {
      closing = true
      await endAll([...live.values()], graceMs)
    },
  }
}

/** Gives runs so long to end, and cancels the rest. */
async function endAll(runs: readonly LiveRun[], graceMs: number): Promise<void> {
  const all = Promise.all(runs.map(({ ended }) => ended))
  const grace = Promise.withResolvers<void>()
  const timer = setTimeout(grace.resolve, graceMs)
  await Promise.race([all, grace.promise])
  clearTimeout(timer)
  for (const { abort } of runs) abort.abort()
  await all
}

function tooManyRuns(most: number): HostError {
  return new HostError(
    'too_many_runs',
    `${most} runs go on here already, the most that MAX_RUNS allows. Try again soon.`,
  )
}

interface Begun extends Opening {
  session: Lease
  release: HeldSession['release']
}

/** Has the session, with the request's messages in it. */
async function begin(
  request: StartRun,
  { runId, sessionId }: { runId: string; sessionId: string },
  hold: ReturnType<typeof createSessionHolder>,
  { stores }: RunManagerOptions,
): Promise<Begun> {
  const { onBusy = 'queue', signal = new AbortController().signal } = request
  const held = await hold({ sessionId, runId, onBusy, signal })
  try {
    const opening = await addMessages(stores.sessions, request, held.lease.claim(), runId)
    return { ...opening, session: held.lease, release: held.release }
  } catch (error) {
    await held.release()
    throw error
  }
}

/** Ends a run that never began. */
async function refuse(lease: Lease, { stores }: RunManagerOptions, error: unknown): Promise<void> {
  lease.end()
  const body = error instanceof HostError ? error.toBody() : undefined
  await stores.runs.end(lease.claim(), body ? 'failed' : 'cancelled', body)
}

/** Does the work while anybody may cancel it. */
async function watchCancel(
  runId: string,
  abort: AbortController,
  { stores, log }: RunManagerOptions,
  work: () => Promise<void>,
): Promise<void> {
  const over = new AbortController()
  const watch = async (): Promise<void> => {
    try {
      if (await stores.runs.cancelRequested(runId, over.signal)) abort.abort()
    } catch (error) {
      log.warn({ err: error, run: runId }, 'nobody can cancel this run from elsewhere')
    }
  }
  const watching = watch()
  await work()
  over.abort()
  await watching
}
