import { createRunCollector, type RunResult } from '../../agent/run-result.ts'
import type { HostErrorBody } from '../../core/errors.ts'
import type { AgentEvent } from '../../core/events.ts'
import type { Logger } from '../../core/logger.ts'
import { type Message, toText } from '../../core/message.ts'
import type { Redactor } from '../../core/redact.ts'
import type { RotatingFile } from '../../files/rotating-file.ts'

/** Writes down who said what: one line for each turn of a conversation, whichever endpoint it came from. */
export interface ChatLog {
  begin(turn: LoggedTurn): TurnRecorder
  /** Resolves once every line is written. */
  close(): Promise<void>
}

interface LoggedTurn {
  runId: string
  sessionId: string
  endpoint: string | undefined
  /** The conversation, which ends with what the turn answers. */
  messages: readonly Message[]
}

/** Gathers one turn. Neither function throws. */
interface TurnRecorder {
  add(event: AgentEvent): void
  /** `failure` is what ended the turn from outside of the run. */
  end(failure?: HostErrorBody): void
}

/** For those who want no log. */
export const noChatLog: ChatLog = {
  begin: () => ({ add: () => {}, end: () => {} }),
  close: () => Promise.resolve(),
}

export function createChatLog(file: RotatingFile, redact: Redactor, log: Logger): ChatLog {
  return {
    begin(turn) {
      const startedAt = new Date()
      const started = performance.now()
      const run = createRunCollector()
      return {
        add: (event) => run.add(event),
        end(failure) {
          const duration_ms = Math.round(performance.now() - started)
          try {
            const line = { ts: startedAt.toISOString(), ...toLine(turn, run.result(), failure), duration_ms }
            file.add(JSON.stringify(redact.value(line)))
          } catch (error) {
            log.warn({ err: error, run: turn.runId }, 'a turn could not be written to the chat log')
          }
        },
      }
    },
    close: () => file.close(),
  }
}

/** Results of tools are left out: they may be long, and the session has them. */
function toLine({ sessionId, runId, endpoint, messages }: LoggedTurn, run: RunResult, failure?: HostErrorBody) {
  const asked = messages.findLast(({ role }) => role === 'user')
  return {
    session_id: sessionId,
    run_id: runId,
    endpoint: endpoint ?? null,
    user: asked ? toText(asked.parts) : '',
    assistant: run.content,
    model: run.model,
    tool_calls: run.tool_calls.map(({ id, name, arguments: given, duration_ms, is_error }) => ({
      id,
      name,
      arguments: given,
      duration_ms,
      is_error,
    })),
    usage: run.usage,
    steps: run.steps,
    finish_reason: run.finish_reason,
    error: failure ?? run.error,
  }
}
