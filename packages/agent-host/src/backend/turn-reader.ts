import type { ModelEvent, TokenLogprob, TurnEnd, Usage } from '../core/events.ts'
import type { DialectParser } from '../dialects/dialect.ts'
import { createBlocks } from './blocks.ts'
import type { ChatChoice, ChatDelta, ChatUsage } from './chat-chunk.ts'
import { createNativeCalls } from './native-calls.ts'
import { createTokenPositions } from './token-positions.ts'

/** Characters of a model's own text in one `raw-delta`, which is for reading later: with each piece of it, a log is twice as long. */
const rawPiece = 1024

/** Turns what arrives for one choice of one turn into events: the server's own fields and what its text hides. */
export interface TurnReader {
  /** A choice of a chunk, or of a whole answer. */
  push(choice: ChatChoice): ModelEvent[]
  /** Ends every open block and the turn itself. `how` is for a stream that ended without a finish reason. */
  end(usage: ChatUsage | undefined, how?: TurnEnd): ModelEvent[]
  /** What is held of the model's own text, for a stream that broke off. */
  rest(): ModelEvent[]
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
  let reasonGiven: string | undefined
  const raw = createRawText()
  let calls = 0
  const tokens = createTokenPositions()

  function read(fields: ChatDelta, logprobs: readonly TokenLogprob[] | null | undefined): ModelEvent[] {
    const { thinking, text } = contentOf(fields)
    const hasCalls = Boolean(fields.tool_calls?.length || fields.function_call)
    // Some servers send the tokens of reasoning and calls too, which they took out of the text themselves.
    const isText = logprobs && ((!thinking && !hasCalls) || spell(logprobs) === text)
    tokens.add(text, isText ? logprobs : undefined)
    const events = thinking ? blocks.extend('reasoning', thinking) : []
    if (text || hasCalls) events.push(...blocks.finish('reasoning'))
    if (text) {
      for (const event of parser.push(text)) events.push(adopt(event))
      events.push(...raw.add(text))
    }
    if (fields.refusal) events.push(...blocks.extend('refusal', fields.refusal))
    for (const annotation of fields.annotations ?? []) {
      events.push({ type: 'annotation', annotation, index: blocks.currentText() })
    }
    if (hasCalls) events.push(...native.push(fields))
    return events
  }

  function adopt(event: ModelEvent): ModelEvent {
    if (!('index' in event)) return event
    const index = blocks.adopt(event)
    const adopted = index === event.index ? event : { ...event, index }
    return adopted.type === 'text-delta' ? tokens.attach(adopted) : adopted
  }

  function counted(events: ModelEvent[]): ModelEvent[] {
    for (const event of events) if (event.type === 'tool-call') calls++
    return events
  }

  return {
    rest: raw.rest,
    get done() {
      return parser.done
    },
    push(choice) {
      reasonGiven = choice.finish_reason ?? reasonGiven
      const fields = choice.delta ?? choice.message
      return fields ? counted(read(fields, choice.logprobs?.content)) : []
    },
    end(usage, how) {
      const reason = how ?? toTurnEnd(reasonGiven)
      const last = counted([
        ...blocks.finish('reasoning'),
        ...raw.rest(),
        ...parser.end(reason).map(adopt),
        ...blocks.finish('refusal'),
        ...native.end(reason),
      ])
      // Servers say `stop` for a turn whose calls they did not see.
      const finish = toFinish(calls > 0 && reason === 'stop' ? 'tool-calls' : reason, reasonGiven, usage)
      return [...last, finish]
    },
  }
}

/** Holds the model's own text until there is a piece of it. */
function createRawText() {
  let held = ''
  const rest = (): ModelEvent[] => {
    if (held === '') return []
    const text = held
    held = ''
    return [{ type: 'raw-delta', text }]
  }
  return {
    rest,
    add(text: string): ModelEvent[] {
      held += text
      return held.length >= rawPiece ? rest() : []
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

function toFinish(reason: TurnEnd, given: string | undefined, usage: ChatUsage | undefined): ModelEvent {
  return { type: 'finish', reason, ...(given !== undefined && { raw: given }), ...(usage && { usage: toUsage(usage) }) }
}

function spell(tokens: readonly TokenLogprob[]): string {
  return tokens.map(({ token }) => token).join('')
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
