import { createRunCollector, type RunResult } from '../../agent/run-result.ts'
import type { RunManager } from '../../runs/run-manager.ts'
import type { StartRun } from '../../runs/start-run.ts'

/** Starts a run and waits for its end. A client that is gone cancels it. */
export async function runToEnd(
  runs: RunManager,
  request: Omit<StartRun, 'signal'>,
  gone: AbortSignal,
): Promise<{ result: RunResult; sessionId: string }> {
  const { runId, sessionId } = await runs.start({ ...request, signal: gone })
  const run = createRunCollector()
  for await (const { event } of runs.follow(runId, 0, gone)) run.add(event)
  if (gone.aborted) await runs.cancel(runId)
  return { result: run.result(), sessionId }
}
