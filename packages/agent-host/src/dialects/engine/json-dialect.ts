import type { ToolCall } from '../../core/tool.ts'
import { bareJson } from '../bare-json.ts'
import type { Dialect } from '../dialect.ts'
import { modelPattern } from '../model-pattern.ts'
import { CallClosing } from './call-end.ts'
import { defineDialect } from './define-dialect.ts'
import type { Opener } from './grammar.ts'
import { type ReadObject, readJsonCalls } from './json-calls.ts'
import { toJsonCall } from './write-json.ts'

/** Calls as JSON between markers. */
export interface JsonDialectParts {
  name: string
  aliases?: readonly string[]
  families: string
  /** Lower-case model ids. */
  models: readonly RegExp[]
  /** What opens a call or a list of them, the usual one first. */
  open: readonly string[]
  /** A second marker that must follow the opening one. */
  second?: string
  /** What closes it, the usual one first; none where the message's end does. */
  close?: readonly string[]
  /** White space behind a whole call closes it too. Default: where there is no closer. */
  spaceCloses?: boolean
  /** The markers are tokens of the model's own, so no fence protects them. Default false. */
  special?: boolean
  /** Whether a call inside reasoning counts. Default true. */
  insideReasoning?: boolean
  /** Reasoning and framing. */
  others?: readonly Opener[]
  /** How several calls are written: each in markers, or in one pair as an array or as lines. */
  several: 'each' | 'array' | 'lines'
  /** Text between a marker and the JSON. Default none. */
  space?: string
  /** Reads one call. Default: `name` and `arguments`, under any of the keys that models use. */
  readObject?: ReadObject
  newCallId?: NonNullable<Dialect['newCallId']>
  /** One call as JSON. Default: `name` and `arguments`. */
  toJson?(call: ToolCall, index: number): string
  promptTools?: NonNullable<Dialect['promptTools']>
}

/** A dialect whose calls are JSON between markers: an object, several, or an array. */
export function defineJsonDialect(parts: JsonDialectParts): Dialect {
  const { name, aliases, models, open, second, close = [], special = false, insideReasoning = true } = parts
  const { others = [], promptTools, readObject, newCallId, families } = parts
  const space = parts.spaceCloses ?? close.length === 0
  const closing = new CallClosing({ closers: close, followers: open, certain: false, space })
  const openers = open.map<Opener>((marker) => ({
    marker,
    special,
    follows: second === undefined ? ['{', '['] : [second],
    when: (turn) => insideReasoning || turn.mode === 'text',
    read(turn, recording) {
      turn.input.at += second?.length ?? 0
      return readJsonCalls(turn, recording, closing, readObject)
    },
  }))
  return defineDialect({
    name,
    ...(aliases && { aliases }),
    families,
    detects: modelPattern(...models),
    grammar: { openers: [...openers, ...others], starts: [bareJson] },
    ...(newCallId && { newCallId }),
    write: (calls) => writeJsonCalls(calls, parts),
    ...(promptTools && { promptTools }),
  })
}

function writeJsonCalls(calls: readonly ToolCall[], parts: JsonDialectParts): string {
  const { space = '', several, toJson = (call: ToolCall) => toJsonCall(call) } = parts
  const begin = `${parts.open[0] ?? ''}${parts.second ?? ''}${space}`
  const end = parts.close?.[0] === undefined ? '' : `${space === '\n' ? space : ''}${parts.close[0]}`
  const written = calls.map((call, index) => toJson(call, index))
  if (several === 'each') return written.map((json) => begin + json + end).join('\n')
  return begin + (several === 'array' ? `[${written.join(', ')}]` : written.join('\n')) + end
}
