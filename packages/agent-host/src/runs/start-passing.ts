import type { StartedRun } from './run-manager.ts'
import type { PassingPlace } from './runtime.ts'
import type { StartRun } from './start-run.ts'

/** How long the log of a run that nobody has read to its end can still be read after that, in milliseconds. */
const readableMs = 10 * 60_000

/**
 * Starts a run of which nothing is left once it is over and read. It is given the whole conversation, as it has no
 * session to go on from. `now` is in milliseconds since 1970. Its session stays until `needed` has settled, too.
 *
 * @throws HostError `shutting_down`
 */
export async function startPassing(
  { runs, stores }: PassingPlace,
  start: StartRun,
  now: number,
  needed?: Promise<void>,
): Promise<StartedRun> {
  await stores.runs.removeEnded(new Date(now - readableMs))
  const started = await runs.start({ ...start, sessionId: undefined, parentId: undefined })
  void started.ended.then(() => stores.runs.letPass(started.runId))
  void Promise.all([started.ended, needed]).then(() => stores.sessions.delete(started.sessionId))
  return started
}
