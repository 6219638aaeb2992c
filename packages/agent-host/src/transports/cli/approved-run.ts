import { toWaitingCalls, type WaitingCall } from '../../agent/run-result.ts'
import type { AgentEvent } from '../../core/events.ts'
import type { RunManager } from '../../runs/run-manager.ts'
import type { Approver } from './approver.ts'

type Runs = Pick<RunManager, 'follow' | 'cancel' | 'answer'>

/**
 * The events of a run, and of those that go on after its approvals: the last `run-end` is the end of all. An interrupt
 * cancels whatever goes on.
 */
export async function* followApproved(
  runs: Runs,
  firstId: string,
  approve: Approver,
  interrupted: AbortSignal,
): AsyncGenerator<AgentEvent> {
  let runId: string | undefined = firstId
  while (runId !== undefined) {
    let waiting: WaitingCall[] = []
    for await (const event of followOne(runs, runId, interrupted)) {
      if (event.type === 'run-end') waiting = toWaitingCalls(runId, event.pending)
      yield event
    }
    runId = await decide(runs, waiting, approve, interrupted)
    if (waiting.length > 0 && interrupted.aborted) yield { type: 'run-end', reason: 'cancelled', steps: 0 }
  }
}

async function* followOne(runs: Runs, runId: string, interrupted: AbortSignal): AsyncGenerator<AgentEvent> {
  let ended = false
  for await (const { event } of runs.follow(runId, 0, interrupted)) {
    ended = event.type === 'run-end'
    yield event
  }
  if (ended || !interrupted.aborted) return
  await runs.cancel(runId)
  // What was seen before the interrupt is seen again by nobody: only the end is told.
  for await (const { event } of runs.follow(runId)) if (event.type === 'run-end') yield event
}

/** The run that goes on once all calls are decided; `undefined` where one is not. */
async function decide(
  runs: Runs,
  waiting: readonly WaitingCall[],
  approve: Approver,
  interrupted: AbortSignal,
): Promise<string | undefined> {
  let next: string | undefined
  for (const call of waiting) {
    const answer = await approve(call, interrupted)
    if (!answer) return undefined
    next = (await runs.answer(call.run_id, call.id, answer))?.runId
  }
  return next
}
