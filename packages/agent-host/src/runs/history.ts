import { trimResult } from '../agent/trim-results.ts'
import { createId } from '../core/ids.ts'
import type { Message, Part } from '../core/message.ts'
import type { ToolCall } from '../core/tool.ts'
import type { Entry } from '../sessions/entry.ts'
import { unknownOutcome } from './unknown-outcome.ts'

const neverMade = 'This call was not made.'

/**
 * The messages of a conversation as a model is to be shown them. Every call has a result: one whose process was lost
 * says so, one that nobody approved or made says that. `open` are calls that are about to be answered.
 */
export function toHistory(path: readonly Entry[], open?: ReadonlySet<string>): Message[] {
  return withResults(withCuts(path), path, open)
}

/** The same as people are to be shown them: whole, whatever was too long for the model. */
export function toTranscript(path: readonly Entry[], open?: ReadonlySet<string>): Message[] {
  const messages = path.flatMap(({ body }) => (body.type === 'message' ? [body.message] : []))
  return withResults(messages, path, open)
}

function withResults(messages: Message[], path: readonly Entry[], open: ReadonlySet<string> = new Set()): Message[] {
  const started = new Set(path.flatMap(({ body }) => (body.type === 'tool-intent' ? [body.call.id] : [])))
  const answered = new Set(messages.flatMap(({ parts }) => parts.flatMap(resultIds)))
  return messages.flatMap((message) => {
    const missing = callsOf(message).filter(({ id }) => !answered.has(id) && !open.has(id))
    return [message, ...missing.map((call) => resultOf(call, started.has(call.id) ? unknownOutcome : neverMade))]
  })
}

/** The messages, with what was cut left out or replaced by its summary. */
function withCuts(path: readonly Entry[]): Message[] {
  const cuts = path.flatMap(({ body }) => (body.type === 'cut' ? [body] : []))
  const trims = new Set(cuts.flatMap((cut) => cut.trimmed))
  const summary = cuts.findLast((cut) => cut.summary)?.summary
  const from = summary ? path.findIndex(({ id }) => id === summary.through) + 1 : 0
  const kept = path.slice(from).flatMap(({ id, body }) => {
    if (body.type !== 'message') return []
    return [trims.has(id) ? trimResult(body.message) : body.message]
  })
  return summary ? [summary.message, ...kept] : kept
}

function callsOf({ parts }: Message): ToolCall[] {
  return parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []))
}

function resultIds(part: Part): string[] {
  return part.type === 'tool-result' ? [part.callId] : []
}

function resultOf({ id }: ToolCall, text: string): Message {
  const parts: Part[] = [{ type: 'text', text }]
  return { id: createId('msg'), role: 'tool', parts: [{ type: 'tool-result', callId: id, parts, isError: true }] }
}
