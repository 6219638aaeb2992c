import type { ModelEvent, TurnEnd } from '../core/events.ts'
import type { ToolCall, ToolSpec } from '../core/tool.ts'
import type { GrammarRules } from './engine/grammar.ts'

/** What a parser must know of the turn that it reads. */
export interface ParserOptions {
  /** The tools offered in the request. `undefined` takes any name; an empty list takes none. */
  tools?: readonly ToolSpec[]
  /** `reasoning` where the prompt already opened the thinking block. Default `content`. */
  opensIn?: 'content' | 'reasoning'
  /** Calls are numbered from here, for families whose ids count over the conversation. Default 0. */
  firstCallIndex?: number
  /** The answer must itself be JSON (`response_format`), so bare JSON is never a call. Default false. */
  jsonAnswer?: boolean
  /** Makes the id of the call with this number, to this tool; an id that the model wrote is kept instead. */
  newId: (index: number, name: string) => string
}

/**
 * Reads one choice of one turn. However the text is cut into pieces, the events are the same once adjacent deltas of a
 * block are merged. It never throws, and it never takes back what it said.
 */
export interface DialectParser {
  push(text: string): readonly ModelEvent[]
  /** Ends the turn; `how` decides whether a call without its closer counts as complete. */
  end(how: TurnEnd): readonly ModelEvent[]
  /** True once nothing that follows can matter, so that the request upstream may be cancelled. */
  readonly done: boolean
}

/** How a model family writes tool calls and reasoning in text. */
export interface Dialect {
  /** As vLLM's `--tool-call-parser` names it, where it has a name there. */
  name: string
  /** Other names that mean the same. */
  aliases?: readonly string[]
  /** Who speaks it, in words for a list. */
  families: string
  /** Whether a model of this id speaks it. No id may match two dialects. */
  detects(model: string): boolean
  createParser(options: ParserOptions): DialectParser
  /** An id as the family writes it, for the call with this number to this tool. Default: any that is unique. */
  newCallId?(index: number, name: string): string
  /** The calls as the model itself would have written them. */
  write(calls: readonly ToolCall[]): string
  /** Instructions that teach the format, for servers without tool support. */
  promptTools?(tools: readonly ToolSpec[]): string
  /** What the engine reads it by; lets `auto` recognise the dialect too. */
  grammar?: GrammarRules
  /** How a result is told to a model that was taught this; default: as its history profile says. */
  resultText?: string
  /** Strings at which the model server should stop, like ReAct's `Observation:`. */
  stop?: readonly string[]
}
