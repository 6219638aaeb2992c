import type { ModelEvent } from '../core/events.ts'
import type { MalformedCall, ToolCall } from '../core/tool.ts'
import { createCallId } from './call-ids.ts'
import type { Dialect } from './dialect.ts'
import { type FinishReason, type OpenAITool, toToolSpecs, toTurnEnd } from './openai-shapes.ts'
import { dialectFor, findDialect } from './registry.ts'

/** How to read a model's text. */
export interface ReadOptions {
  /** A dialect, its name or alias, or `auto`. Default: what `model` speaks, or else `auto`. */
  dialect?: string | Dialect
  /** The model's id, to find its dialect by. */
  model?: string
  /** The tools of the request. Omitted: any name is taken. */
  tools?: readonly OpenAITool[]
  /** `reasoning` where the prompt already opened the thinking block. Default `content`. */
  opensIn?: 'content' | 'reasoning'
  /** Calls before this turn, for families whose ids count over the conversation. Default 0. */
  firstCallIndex?: number
  /** The answer must itself be JSON, so bare JSON is never a call. Default false. */
  jsonAnswer?: boolean
}

/** Reads text as it streams; a finished call is the event `{ type: 'tool-call', id, name, arguments }`. */
export interface StreamParser {
  push(text: string): readonly ModelEvent[]
  end(finishReason?: FinishReason): readonly ModelEvent[]
}

/** What a text says. */
export interface ParsedText {
  content: string
  reasoning: string
  toolCalls: ToolCall[]
  problems: MalformedCall[]
}

/** A parser for one choice of one streamed answer. Throws a RangeError where the dialect is not known. */
export function createParser(options: ReadOptions = {}): StreamParser {
  const { dialect, model = '', tools, opensIn, firstCallIndex, jsonAnswer } = options
  const speaks = typeof dialect === 'object' ? dialect : (findByName(dialect) ?? dialectFor(model))
  const parser = speaks.createParser({
    ...(tools && { tools: toToolSpecs(tools) }),
    ...(opensIn && { opensIn }),
    ...(jsonAnswer !== undefined && { jsonAnswer }),
    ...(firstCallIndex !== undefined && { firstCallIndex }),
    newId: (index, name) => speaks.newCallId?.(index, name) ?? createCallId(),
  })
  return {
    push: (text) => parser.push(text),
    end: (finishReason) => parser.end(toTurnEnd(finishReason)),
  }
}

/** Reads a whole text. */
export function parseText(text: string, options: ReadOptions & { finishReason?: FinishReason } = {}): ParsedText {
  const parser = createParser(options)
  return toParsedText([...parser.push(text), ...parser.end(options.finishReason)])
}

/** What events say, put together. */
export function toParsedText(events: readonly ModelEvent[]): ParsedText {
  const parsed: ParsedText = { content: '', reasoning: '', toolCalls: [], problems: [] }
  const content: string[] = []
  const reasoning: string[] = []
  for (const event of events) {
    if (event.type === 'text-delta') content.push(event.text)
    else if (event.type === 'reasoning-delta') reasoning.push(event.text)
    else if (event.type === 'tool-call') {
      parsed.toolCalls.push({ id: event.id, name: event.name, arguments: event.arguments })
    } else if (event.type === 'malformed-call') {
      const { id, name, raw, problem } = event
      parsed.problems.push({ id, ...(name !== undefined && { name }), raw, problem })
    }
  }
  return { ...parsed, content: content.join(''), reasoning: reasoning.join('') }
}

function findByName(name: string | undefined): Dialect | undefined {
  if (name === undefined) return undefined
  const found = findDialect(name)
  if (!found) throw new RangeError(`There is no dialect named ${JSON.stringify(name)}.`)
  return found
}
