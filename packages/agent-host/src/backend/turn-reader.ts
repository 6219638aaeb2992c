import type { ModelEvent, TurnEnd, Usage } from '../core/events.ts'
import type { DialectParser } from '../dialects/dialect.ts'
import { createBlocks } from './blocks.ts'
import type { ChatChoice, ChatDelta, ChatUsage } from './chat-chunk.ts'
import { createNativeCalls } from './native-calls.ts'

/** Turns what arrives for one choice of one turn into events: the server's own fields and what its text hides. */
export interface TurnReader {
  /** A choice of a chunk, or of a whole answer. */
  push(choice: ChatChoice): ModelEvent[]
  /** Ends every open block and the turn itself. `how` is for a stream that ended without a finish reason. */
  end(usage: ChatUsage | undefined, how?: TurnEnd): ModelEvent[]
  /** True once the rest of the stream cannot matter. */
  readonly done: boolean
}

export interface TurnReaderOptions {
  parser: DialectParser
  /** Makes the id of a native call that came without one. */
  newId: (index: number) => string
}

export function createTurnReader({ parser, newId }: TurnReaderOptions): TurnReader {
  const blocks = createBlocks()
  const native = createNativeCalls(blocks, newId)
  let raw: string | undefined
  let calls = 0

  function* delta(fields: ChatDelta): Generator<ModelEvent> {
    const { thinking, text } = contentOf(fields)
    if (thinking) yield* blocks.extend('reasoning', thinking)
    if (text || fields.tool_calls?.length || fields.function_call) yield* blocks.finish('reasoning')
    if (text) yield* fromText(text, parser.push(text))
    if (fields.refusal) yield* blocks.extend('refusal', fields.refusal)
    for (const annotation of fields.annotations ?? []) {
      yield { type: 'annotation', annotation, index: blocks.currentText() }
    }
    yield* native.push(fields)
  }

  function* fromText(text: string, events: readonly ModelEvent[]): Generator<ModelEvent> {
    if (text) yield { type: 'raw-delta', text }
    for (const event of events) yield 'index' in event ? { ...event, index: blocks.adopt(event) } : event
  }

  function counted(events: Iterable<ModelEvent>): ModelEvent[] {
    const list = [...events]
    for (const event of list) if (event.type === 'tool-call') calls++
    return list
  }

  return {
    get done() {
      return parser.done
    },
    push(choice) {
      raw = choice.finish_reason ?? raw
      const fields = choice.delta ?? choice.message
      return fields ? counted(delta(fields)) : []
    },
    end(usage, how) {
      const reason = how ?? toTurnEnd(raw)
      const rest = counted([
        ...blocks.finish('reasoning'),
        ...fromText('', parser.end(reason)),
        ...blocks.finish('refusal'),
        ...native.end(reason),
      ])
      const finish: ModelEvent = {
        type: 'finish',
        // Servers say `stop` for a turn whose calls they did not see.
        reason: calls > 0 && reason === 'stop' ? 'tool-calls' : reason,
        ...(raw !== undefined && { raw }),
        ...(usage && { usage: toUsage(usage) }),
      }
      return [...rest, finish]
    },
  }
}

function contentOf({ content, reasoning, reasoning_content }: ChatDelta): { thinking: string; text: string } {
  let thinking = reasoning || reasoning_content || ''
  if (!Array.isArray(content)) return { thinking, text: content ?? '' }
  let text = ''
  for (const part of content) {
    text += part.text ?? ''
    if (typeof part.thinking === 'string') thinking += part.thinking
    else for (const thought of part.thinking ?? []) thinking += thought.text ?? ''
  }
  return { thinking, text }
}

const turnEnds: Record<string, TurnEnd> = {
  stop: 'stop',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  length: 'length',
  content_filter: 'content-filter',
  error: 'error',
  abort: 'cancelled',
}

/** A reason that we do not know (`eos`, `end_turn`, …) is an ordinary stop. */
function toTurnEnd(raw: string | undefined): TurnEnd {
  return turnEnds[raw ?? ''] ?? 'stop'
}

function toUsage(usage: ChatUsage): Usage {
  const outputTokens = usage.completion_tokens ?? 0
  const reasoning = usage.completion_tokens_details?.reasoning_tokens
  const cached = usage.prompt_tokens_details?.cached_tokens
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens,
    totalTokens: usage.total_tokens ?? usage.prompt_tokens + outputTokens,
    ...(reasoning != null && { reasoningTokens: reasoning }),
    ...(cached != null && { cachedInputTokens: cached }),
  }
}
