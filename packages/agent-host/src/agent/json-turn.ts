import type { AgentEvent } from '../core/events.ts'
import { type Part, toText } from '../core/message.ts'
import type { AnswerFormat } from './answer-format.ts'
import { toJsonAnswer } from './json-answer.ts'
import type { Turn } from './turn.ts'

/** A turn that was to answer with JSON. */
export interface JsonTurn {
  turn: Turn
  /** What is wrong with its answer; of one that was held, nothing was given then. */
  problem?: string
}

/**
 * The events of a turn whose answer is to be JSON. Where it is held, its text is given once it is known to fit, without
 * what stood around the JSON. A turn with calls, a refusal or an answer that was cut off need not fit.
 */
export async function* readJsonTurn(
  events: AsyncGenerator<AgentEvent, Turn>,
  format: AnswerFormat,
  isHeld: boolean,
): AsyncGenerator<AgentEvent, JsonTurn> {
  const held: AgentEvent[] = []
  let turn: Turn
  while (true) {
    const next = await events.next()
    if (next.done === true) {
      turn = next.value
      break
    }
    if (isHeld && (held.length > 0 || begins(next.value))) held.push(next.value)
    else yield next.value
  }
  const given = toText(turn.message.parts)
  const answer = mustFit(turn) ? toJsonAnswer(given, format) : { text: given }
  if ('problem' in answer) return { turn, problem: answer.problem }
  if (!isHeld || answer.text === given) {
    yield* held
    return { turn }
  }
  yield* withText(held, answer.text)
  return { turn: { ...turn, message: { ...turn.message, parts: partsWithText(turn.message.parts, answer.text) } } }
}

/** Whether an answer begins with this, or ends without any. */
function begins({ type }: AgentEvent): boolean {
  return type === 'text-start' || type === 'finish'
}

function mustFit({ message, calls, malformed, reason }: Turn): boolean {
  if (calls.length > 0 || malformed.length > 0 || message.parts.some(({ type }) => type === 'refusal')) return false
  return reason === 'stop' || reason === 'tool-calls'
}

/** The same events with this text in the place of all that the turn said. */
function* withText(events: readonly AgentEvent[], text: string): Generator<AgentEvent> {
  let isSaid = false
  for (const event of events) {
    if (event.type !== 'text-delta') yield event
    else if (!isSaid) {
      isSaid = true
      yield { type: 'text-delta', index: event.index, text }
    }
  }
}

function partsWithText(parts: readonly Part[], text: string): Part[] {
  const first = parts.find(({ type }) => type === 'text')
  return parts
    .filter((part) => part === first || part.type !== 'text')
    .map((part) => (part === first ? said(text) : part))
}

function said(text: string): Part {
  return { type: 'text', text }
}
