import { toValue } from '../catalog/tool-outcome.ts'
import type { HostErrorBody } from '../core/errors.ts'
import type { AgentEvent, PendingCall, RunEnd, Usage } from '../core/events.ts'
import { type Message, toText } from '../core/message.ts'

/** One call of a run, with what became of it. */
export interface CallRecord {
  id: string
  name: string
  /** Parsed where it is JSON, else the text. */
  arguments: unknown
  /** The tool's typed output, else its text. */
  result: unknown
  duration_ms: number
  is_error: boolean
}

/** A call that waits for an approval, with all that an answer to it needs. */
export interface WaitingCall {
  run_id: string
  id: string
  name: string
  /** As the model wrote them: JSON where it wrote JSON. */
  arguments: string
  /** ISO 8601; after this the answer counts as no. */
  expires_at: string | null
}

export interface RunUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
}

/** A whole run, as programs want it. */
export interface RunResult {
  run_id: string
  model: string
  /** The answer; where a limit ended the run, the text of its last turn. */
  content: string
  reasoning: string
  tool_calls: CallRecord[]
  /** What a parked run waits for. */
  pending: WaitingCall[]
  /** Tokens of all turns together, named as OpenAI names them; `null` where the server does not count. */
  usage: RunUsage | null
  steps: number
  finish_reason: RunEnd
  messages: Message[]
  error: HostErrorBody | null
}

/** Gathers the events of a run, and of those that went on in its place, in order into one result. */
export interface RunCollector {
  add(event: AgentEvent): void
  result(): RunResult
}

export function createRunCollector(): RunCollector {
  const run: RunResult = {
    run_id: '',
    model: '',
    content: '',
    reasoning: '',
    tool_calls: [],
    pending: [],
    usage: null,
    steps: 0,
    finish_reason: 'error',
    messages: [],
    error: null,
  }
  const args = new Map<string, string>()
  return {
    result: () => run,
    add(event) {
      switch (event.type) {
        case 'run-start':
          run.run_id = event.runId
          run.model = event.model
          return
        case 'message':
          run.messages.push(event.message)
          if (event.message.role === 'assistant') run.content = toText(event.message.parts)
          for (const part of event.message.parts) if (part.type === 'reasoning') run.reasoning += part.text ?? ''
          return
        case 'tool-start':
          args.set(event.call.id, event.call.arguments)
          return
        case 'tool-result':
          run.tool_calls.push({
            id: event.callId,
            name: event.name,
            arguments: parsed(args.get(event.callId) ?? ''),
            result: toValue(event),
            duration_ms: event.durationMs,
            is_error: event.isError,
          })
          return
        case 'error':
          run.error = event.error
          return
        case 'run-end':
          run.steps += event.steps
          if (event.usage) run.usage = addUsage(run.usage, event.usage)
          run.finish_reason = event.reason
          run.pending = toWaitingCalls(run.run_id, event.pending)
          return
        default:
      }
    },
  }
}

export function toWaitingCall(runId: string, { call, expiresAt }: Omit<PendingCall, 'waitsFor'>): WaitingCall {
  const { id, name, arguments: args } = call
  return { run_id: runId, id, name, arguments: args, expires_at: expiresAt ?? null }
}

/** Those that wait for an approval. */
export function toWaitingCalls(runId: string, pending: readonly PendingCall[] = []): WaitingCall[] {
  return pending.flatMap((each) => (each.waitsFor === 'approval' ? [toWaitingCall(runId, each)] : []))
}

function addUsage(before: RunUsage | null, { inputTokens, outputTokens, totalTokens }: Usage): RunUsage {
  return {
    prompt_tokens: (before?.prompt_tokens ?? 0) + inputTokens,
    completion_tokens: (before?.completion_tokens ?? 0) + outputTokens,
    total_tokens: (before?.total_tokens ?? 0) + totalTokens,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
