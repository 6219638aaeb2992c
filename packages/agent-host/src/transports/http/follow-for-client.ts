import { z } from 'zod'
import type { NumberedEvent } from '../../runs/run.ts'
import type { RunManager } from '../../runs/run-manager.ts'

/** The query of streams of a run. */
export const disconnectQuery = z.looseObject({ cancel_on_disconnect: z.enum(['true', 'false']).default('false') })

export interface FollowOptions extends z.output<typeof disconnectQuery> {
  /** Number of the last event that the client has. Default: 0. */
  after?: number
}

/** A run's events for one client, whose leaving is the run's end only where the client asked for that. */
export async function* followForClient(
  runs: Pick<RunManager, 'follow' | 'cancel'>,
  runId: string,
  { after = 0, cancel_on_disconnect: cancels }: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<NumberedEvent> {
  try {
    yield* runs.follow(runId, after, signal)
  } finally {
    // A client that leaves while it is behind ends this in the middle of the loop.
    if (signal.aborted && cancels === 'true') await runs.cancel(runId)
  }
}
