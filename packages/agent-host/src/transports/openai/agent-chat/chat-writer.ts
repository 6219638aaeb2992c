import { type HostErrorBody, HostError } from '../../../core/errors.ts'
import type { AgentEvent, PendingCall, RunEnd, TurnEnd, Usage } from '../../../core/events.ts'
import { toText } from '../../../core/message.ts'
import type { ToolCall } from '../../../core/tool.ts'
import type { FinishReason } from '../../../dialects/openai-shapes.ts'
import type { ToolActivity } from '../../../core/tool-activity.ts'
import { toActivityLine } from './activity-line.ts'

/** What one chunk adds to the answer. */
export interface ChatDelta {
  content?: string
  refusal?: string
  /** Under both of the names that clients look for. */
  reasoning?: string
  reasoning_content?: string
  tool_calls?: ChatCall[]
}

/** A call, whole in one delta. One that was made here gets its `result` in another. */
export interface ChatCall {
  index: number
  id?: string
  type?: 'function'
  function: { name?: string; arguments: string }
  result?: { content: string; is_error: boolean; duration_ms: number }
}

export interface ChatEnd {
  finishReason: FinishReason
  reason: RunEnd
  steps: number
  usage: Usage | undefined
}

export interface ChatWriterOptions {
  activity: ToolActivity
  /** Only the text of the last turn is the answer; that of others is shown as reasoning. */
  answerOnly: boolean
  newCallId(): string
}

/** Maps the events of one run to the deltas of one chat completion. */
export interface ChatWriter {
  add(event: AgentEvent): ChatDelta[]
  /** The calls that were shown: the id that the client knows each by, and the model's own. */
  readonly calls: readonly (readonly [shown: string, own: string])[]
  /** How it ended. @throws HostError where the run has no answer. */
  end(): ChatEnd
}

/**
 * A call of the client's is shown once the run waits for it, and not as it arrives: whatever may still end the run, or
 * spoil the call, has then not happened, and nothing has to be taken back.
 */
export function createChatWriter(options: ChatWriterOptions): ChatWriter {
  const { activity } = options
  const prose = createProse(options.answerOnly)
  const calls = createCalls(options.newCallId)
  const end = createEnd()

  function write(event: AgentEvent): ChatDelta[] {
    const line = activity === 'reasoning' ? toActivityLine(event) : undefined
    if (line !== undefined) return prose.line(line)
    switch (event.type) {
      case 'step-start':
        return prose.step()
      case 'text-delta':
        return prose.text(event.text)
      case 'refusal-delta':
        return [{ refusal: event.text }]
      case 'reasoning-delta':
        return prose.thought(event.text)
      case 'reasoning-end':
        return prose.endThought()
      case 'tool-start':
        return activity === 'tool_calls' ? [calls.show(event.call)] : []
      case 'tool-result':
        return activity === 'tool_calls' ? calls.result(event) : []
      case 'run-end':
        return [...prose.end(), ...clientCalls(event.pending).map(calls.show)]
      default:
        return []
    }
  }

  return {
    calls: calls.shown,
    end: end.of,
    add(event) {
      end.add(event)
      return write(event)
    },
  }
}

function clientCalls(pending: readonly PendingCall[] = []): ToolCall[] {
  return pending.flatMap(({ call, waitsFor }) => (waitsFor === 'client' ? [call] : []))
}

/** Content and reasoning, each one text over all turns; a turn that says nothing before its calls leaves nothing in it. */
function createProse(answerOnly: boolean) {
  let written = false
  // White space that a turn begins with, until something that can be seen follows; `undefined` once it has.
  let blank: string | undefined = ''
  let held = ''
  // Whether the reasoning is in the middle of a line.
  let midLine = false

  function reason(text: string): ChatDelta[] {
    if (text === '') return []
    midLine = !text.endsWith('\n')
    return [{ reasoning: text, reasoning_content: text }]
  }
  const line = (text: string): ChatDelta[] => reason(`${midLine ? '\n' : ''}${text}\n`)

  return {
    line,
    thought: reason,
    endThought: () => (midLine ? reason('\n') : []),
    step(): ChatDelta[] {
      blank = ''
      const said = held
      held = ''
      // Another turn follows, so that this was not the answer.
      return said === '' ? [] : line(said)
    },
    text(text: string): ChatDelta[] {
      if (answerOnly) {
        held += text
        return []
      }
      if (blank === undefined) return [{ content: text }]
      blank += text
      if (blank.trim() === '') return []
      const content = written ? `\n\n${blank.replace(/^\n+/, '')}` : blank
      blank = undefined
      written = true
      return [{ content }]
    },
    end: (): ChatDelta[] => (held === '' ? [] : [{ content: held }]),
  }
}

/** Calls as the client is shown them, under ids that no other conversation has: servers use theirs again. */
function createCalls(newCallId: () => string) {
  const shown: (readonly [string, string])[] = []
  return {
    shown,
    show({ id: own, name, arguments: args }: ToolCall): ChatDelta {
      const id = newCallId()
      const index = shown.push([id, own]) - 1
      return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] }
    },
    result({ callId, parts, isError, durationMs }: Extract<AgentEvent, { type: 'tool-result' }>): ChatDelta[] {
      const index = shown.findLastIndex(([, own]) => own === callId)
      const result = { content: toText(parts), is_error: isError, duration_ms: durationMs }
      // Clients that check what they receive want a function in every entry.
      return [{ tool_calls: [{ index, function: { arguments: '' }, result }] }]
    },
  }
}

function createEnd() {
  let lastTurn: TurnEnd = 'stop'
  let failure: HostErrorBody | undefined
  let ended: Extract<AgentEvent, { type: 'run-end' }> | undefined
  return {
    add(event: AgentEvent): void {
      if (event.type === 'finish') lastTurn = event.reason
      if (event.type === 'error') failure = event.error
      if (event.type === 'run-end') ended = event
    },
    of(): ChatEnd {
      if (failure)
        throw new HostError(failure.code, failure.message, failure.details ? { details: failure.details } : {})
      if (!ended) throw new HostError('cancelled', 'The run was cancelled.')
      const { reason, steps, usage, pending = [] } = ended
      return { finishReason: toFinishReason(reason, lastTurn, pending), reason, steps, usage }
    },
  }
}

/**
 * A limit of ours cuts an answer short as `length` does; the chunk's `agent_host` says which. @throws HostError where a
 * run ended without anything that a chat completion could say of it.
 */
function toFinishReason(reason: RunEnd, lastTurn: TurnEnd, pending: readonly PendingCall[]): FinishReason {
  switch (reason) {
    case 'answer':
      return turnFinish[lastTurn] ?? 'stop'
    case 'step-limit':
    case 'repeated-call':
      return 'length'
    case 'parked': {
      const asked = pending.find(({ waitsFor }) => waitsFor === 'approval')
      if (!asked || clientCalls(pending).length > 0) return 'tool_calls'
      throw new HostError(
        'not_supported',
        `${asked.call.name} runs only once a person has approved it, and a chat completion cannot ask. Use /v1/responses or /api/runs.`,
      )
    }
    case 'time-limit':
      throw new HostError('run_timeout', 'The run took longer than REQUEST_TIMEOUT allows.')
    case 'cancelled':
      throw new HostError('cancelled', 'The run was cancelled.')
    case 'error':
      throw new HostError('internal', 'The run failed.')
  }
}

const turnFinish: Partial<Record<TurnEnd, FinishReason>> = { length: 'length', 'content-filter': 'content_filter' }
