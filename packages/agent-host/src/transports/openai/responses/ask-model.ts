import { createRunCollector, type RunResult } from '../../../agent/run-result.ts'
import { HostError } from '../../../core/errors.ts'
import { startPassing } from '../../../runs/start-passing.ts'
import type { StartRun } from '../../../runs/start-run.ts'
import type { StartParts } from './start-response.ts'

/** Asks the model once; no tool runs, and nothing is kept. @throws HostError what the run failed with */
export async function askModel(start: StartRun, { passing, now }: StartParts): Promise<RunResult> {
  const { runId } = await startPassing(passing, { ...start, maxSteps: 1 }, now())
  const run = createRunCollector()
  for await (const { event } of passing.runs.follow(runId)) run.add(event)
  const result = run.result()
  if (result.error) throw new HostError(result.error.code, result.error.message)
  return result
}
