import type { HostErrorBody } from '../../../core/errors.ts'
import type { AgentEvent, TurnEnd } from '../../../core/events.ts'
import { type CallsWriter, type CallsWriterOptions, createCallsWriter } from './calls-writer.ts'
import { type McpToolList, writeToolList } from './mcp-writer.ts'
import { createMessageWriter, type MessageWriter } from './message-writer.ts'
import { createOutput } from './output.ts'
import { createReasoningWriter, type ReasoningWriter, type ReasoningWriterOptions } from './reasoning-writer.ts'
import { toEnding } from './response-ending.ts'
import type { NumberedEvent, ResponseObject } from './response-events.ts'
import { toResponseUsage } from './response-object.ts'
import { writeWarning } from './warning.ts'

export interface ResponseWriterOptions extends ReasoningWriterOptions, CallsWriterOptions {
  /** The Response before anything was written. */
  response: ResponseObject
  /** The tools of each MCP server in the request. */
  lists: readonly McpToolList[]
  /** What the request asked for that is not there, in words. */
  warnings: readonly string[]
  /** Milliseconds since 1970. */
  now: () => number
}

/** Maps the events of one run to those of a streamed Response. The same events always give the same ones. */
export interface ResponseWriter {
  /** `created` and `in_progress`, and what is known before the model answers. */
  start(): NumberedEvent[]
  add(event: AgentEvent): NumberedEvent[]
  /** The Response as it is by now; after `run-end`, as it stays. */
  response(): ResponseObject
  /** Ids of the approval requests that were written, with the ids of their calls. */
  readonly asked: ReadonlyMap<string, string>
}

export function createResponseWriter(options: ResponseWriterOptions): ResponseWriter {
  const output = createOutput(options.response.id)
  const message = createMessageWriter(output)
  const reasoning = createReasoningWriter(output, options)
  const calls = createCallsWriter(output, options)
  const end = createEnd(options.now)
  let { response } = options

  function finish(event: RunEndEvent): void {
    reasoning.end()
    message.close('final_answer', 'incomplete')
    calls.close()
    const { type, fields } = end.of(event)
    response = { ...response, ...fields, output: output.items() }
    output.emit({ type, response })
  }

  return {
    asked: calls.asked,
    response: () => ({ ...response, output: output.items() }),
    start() {
      output.emit({ type: 'response.created', response })
      output.emit({ type: 'response.in_progress', response })
      for (const warning of options.warnings) writeWarning(output, warning)
      for (const list of options.lists) writeToolList(output, list)
      return output.take()
    },
    add(event) {
      end.add(event)
      if (event.type === 'run-end') finish(event)
      else write(event, { message, reasoning, calls })
      return output.take()
    },
  }
}

type RunEndEvent = Extract<AgentEvent, { type: 'run-end' }>

interface Writers {
  message: MessageWriter
  reasoning: ReasoningWriter
  calls: CallsWriter
}

/** What comes before a call or before more reasoning is commentary; what ends the turn is its answer. */
function write(event: AgentEvent, { message, reasoning, calls }: Writers): void {
  switch (event.type) {
    case 'text-delta':
      return message.delta('text', event.text, event.logprobs)
    case 'refusal-delta':
      return message.delta('refusal', event.text)
    case 'text-end':
    case 'refusal-end':
      return message.end()
    case 'annotation':
      return message.annotate(event.annotation)
    case 'reasoning-start':
      message.close('commentary')
      return reasoning.start()
    case 'reasoning-delta':
      return reasoning.delta(event.text)
    case 'reasoning-end':
      return reasoning.end()
    case 'tool-input-start':
      message.close('commentary')
      return calls.start(event.index, event.id, event.name)
    case 'tool-input-delta':
      return calls.delta(event.index, event.text)
    case 'tool-call':
      return calls.end(event.index, event.arguments)
    case 'malformed-call':
      return calls.spoil(event.index, event.problem)
    case 'finish': {
      const isWhole = event.reason === 'stop' || event.reason === 'tool-calls'
      return message.close('final_answer', isWhole ? 'completed' : 'incomplete')
    }
    case 'tool-start':
      return calls.startApproved(event.call)
    case 'tool-result':
      return calls.result(event.callId, event)
    default:
  }
}

/** Keeps what the end of the Response depends on. */
function createEnd(now: () => number) {
  let lastTurn: TurnEnd = 'stop'
  let failure: HostErrorBody | undefined
  return {
    add(event: AgentEvent): void {
      if (event.type === 'finish') lastTurn = event.reason
      if (event.type === 'error') failure = event.error
    },
    of({ reason, usage }: RunEndEvent) {
      const { type, fields } = toEnding(reason, lastTurn, failure)
      const isWhole = fields.status === 'completed'
      const completed_at = isWhole ? Math.floor(now() / 1000) : null
      return { type, fields: { ...fields, completed_at, ...(usage && { usage: toResponseUsage(usage) }) } }
    },
  }
}
