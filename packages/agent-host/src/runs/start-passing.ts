import type { StartedRun } from './run-manager.ts'
import type { RunPlace } from './runtime.ts'
import type { StartRun } from './start-run.ts'

/** How long the log of a run that is not kept can still be read after its end, in milliseconds. */
const readableMs = 10 * 60_000

/**
 * Starts a run of which nothing is left once it is over and read. It is given the whole conversation, as it has no
 * session to go on from. `now` is in milliseconds since 1970. Its session stays until `needed` has settled, too.
 *
 * @throws HostError `shutting_down`
 */
export async function startPassing(
  { runs, stores }: RunPlace,
  start: StartRun,
  now: number,
  needed?: Promise<void>,
): Promise<StartedRun> {
  await stores.runs.removeEnded(new Date(now - readableMs))
  const started = await runs.start({ ...start, sessionId: undefined, parentId: undefined })
  void Promise.all([started.ended, needed]).then(() => stores.sessions.delete(started.sessionId))
  return started
}
