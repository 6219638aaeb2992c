import type { ChatChoice, ChatUsage } from '../backend/chat-chunk.ts'
import { ModelRefusal } from '../backend/model-refusal.ts'
import type { ChatRequest, ModelServer } from '../backend/model-server.ts'
import { createTurnReader } from '../backend/turn-reader.ts'
import { HostError } from '../core/errors.ts'
import type { ModelEvent } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import type { ToolCall } from '../core/tool.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { tools } from './questions.ts'

/** Where reasoning was found. */
export type ReasoningPlace = 'reasoning' | 'reasoning_content' | 'content parts' | 'text'

/** What one chat request showed. */
export interface Observation {
  /** Of the request, from 1. */
  number: number
  /** The server answered with an error status. */
  refusal: ModelRefusal | undefined
  /** There was no whole answer for another reason, in words. */
  failure: string | undefined
  /** The visible text, without reasoning and calls. */
  text: string
  /** The model's text as it came. */
  raw: string
  reasoning: ReasoningPlace | undefined
  /** Calls that the server recognised itself. */
  native: ToolCall[]
  /** Calls that it left in the text. */
  leaked: ToolCall[]
  /** What was wrong with calls that cannot be run, in words. */
  broken: string[]
  finish: string | undefined
  usage: ChatUsage | undefined
  /** How many pieces the answer came in; 0 where the server did not stream. */
  pieces: number
  /** Milliseconds until the first of them, and until the end. */
  firstMs: number
  totalMs: number
}

const newId = (): string => createId('call')

/** Sends a request and gathers what its answer shows. Refusals and failures are observations too. */
export async function observe(
  server: ModelServer,
  { body, dialect, number }: { body: ChatRequest; dialect: Dialect; number: number },
  signal: AbortSignal,
): Promise<Observation> {
  const seen: Observation = {
    number,
    refusal: undefined,
    failure: undefined,
    text: '',
    raw: '',
    reasoning: undefined,
    native: [],
    leaked: [],
    broken: [],
    finish: undefined,
    usage: undefined,
    pieces: 0,
    firstMs: 0,
    totalMs: 0,
  }
  const reader = createTurnReader({ parser: dialect.createParser({ tools, newId }), newId })
  const started = performance.now()
  try {
    for await (const chunk of server.chat(body, signal)) {
      seen.usage = chunk.usage ?? seen.usage
      const [choice] = chunk.choices
      if (!choice) continue
      const events = reader.push(choice)
      if (choice.delta && events.length > 0 && seen.pieces++ === 0) seen.firstMs = performance.now() - started
      note(seen, choice, events)
    }
    note(seen, undefined, reader.end(seen.usage))
  } catch (error) {
    if (error instanceof ModelRefusal) seen.refusal = error
    else if (error instanceof HostError && error.code !== 'model_unreachable') seen.failure = error.message
    else if (isTimeout(signal)) seen.failure = 'no whole answer in time'
    else throw error
  }
  seen.totalMs = performance.now() - started
  return seen
}

function note(seen: Observation, choice: ChatChoice | undefined, events: readonly ModelEvent[]): void {
  const fields = choice?.delta ?? choice?.message
  seen.finish = choice?.finish_reason ?? seen.finish
  for (const event of events) {
    const inText = 'range' in event && event.range !== undefined
    if (event.type === 'raw-delta') seen.raw += event.text
    else if (event.type === 'text-delta') seen.text += event.text
    else if (event.type === 'reasoning-delta') {
      seen.reasoning ??= inText
        ? 'text'
        : fields?.reasoning
          ? 'reasoning'
          : fields?.reasoning_content
            ? 'reasoning_content'
            : 'content parts'
    } else if (event.type === 'malformed-call') {
      seen.broken.push(event.problem)
    } else if (event.type === 'tool-call') {
      const { id, name, arguments: args } = event
      seen[inText ? 'leaked' : 'native'].push({ id, name, arguments: args })
    }
  }
}

function isTimeout({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
}
