import { z } from 'zod'
import { createRunCollector, type RunResult, type WaitingCall } from '../../agent/run-result.ts'
import { HostError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import { textMessage } from '../../core/message.ts'
import type { RunManager } from '../../runs/run-manager.ts'
import type { StartRun } from '../../runs/start-run.ts'
import { messageText, onBusy, sessionId } from './routes/fields.ts'

export const chatBody = z.strictObject({ message: messageText, session_id: sessionId.optional(), on_busy: onBusy })

type ChatBody = z.output<typeof chatBody>

/** The parts of a run that an answer may show. */
export type ChatReply = Pick<
  RunResult,
  'run_id' | 'content' | 'tool_calls' | 'usage' | 'model' | 'steps' | 'finish_reason' | 'messages'
> & {
  session_id: string
  /** Tools whose server failed in the run. */
  failed_tools: string[]
  /** What the run waits for; absent where it waits for nothing. */
  pending?: WaitingCall[]
}

/**
 * Runs one turn of a conversation to its end. A client that is gone cancels it.
 *
 * @throws HostError what the run failed with, `run_timeout`, `cancelled`, `session_busy`
 */
export async function toChatReply(
  runs: RunManager,
  { message, session_id, on_busy }: ChatBody,
  options: Partial<StartRun>,
  gone: AbortSignal,
): Promise<ChatReply> {
  const { runId, sessionId: session } = await runs.start({
    ...options,
    messages: [textMessage(createId('msg'), 'user', message)],
    sessionId: session_id,
    createSession: true,
    onBusy: on_busy,
    signal: gone,
  })
  const run = createRunCollector()
  const failed_tools: string[] = []
  for await (const { event } of runs.follow(runId, 0, gone)) {
    run.add(event)
    if (event.type === 'tool-result' && event.serverFailed) failed_tools.push(event.name)
  }
  if (gone.aborted) await runs.cancel(runId)
  const { error, reasoning: _, pending, ...result } = run.result()
  if (error) throw new HostError(error.code, error.message, error.details ? { details: error.details } : {})
  if (result.finish_reason === 'cancelled') throw new HostError('cancelled', 'The run was cancelled.')
  if (result.finish_reason === 'time-limit') {
    const details = { steps: result.steps }
    throw new HostError('run_timeout', 'The run took longer than REQUEST_TIMEOUT allows.', { details })
  }
  return { ...result, session_id: session, failed_tools, ...(pending.length > 0 && { pending }) }
}
