import type { ToolCall } from '../../core/tool.ts'
import type { Dialect } from '../dialect.ts'
import { modelPattern } from '../model-pattern.ts'
import { CallDraft } from './call-draft.ts'
import { CallClosing } from './call-end.ts'
import { defineDialect } from './define-dialect.ts'
import type { Opener } from './grammar.ts'
import type { Input, Reading, Recording } from './input.ts'
import { findEscapeEnd } from './json-tokens.ts'
import type { Escape, Notation } from './notation.ts'
import { NotationReader } from './notation-reader.ts'
import { respellJson } from './respell-json.ts'
import type { Turn } from './turn.ts'

const longestName = 256
const nameCharacter = /[^{<\n]/
/** A key that needs no quotes. */
const plainKey = /^[\p{L}_][\p{L}\p{N}_-]*$/u

/** Gemma's own notation between markers. */
interface GemmaDialectParts extends Pick<Dialect, 'name' | 'aliases' | 'families' | 'promptTools'> {
  /** Lower-case model ids. */
  models: readonly RegExp[]
  open: string
  close: string
  /** Stands on both sides of a string, in which nothing is escaped. */
  quote: string
  /** Begins a tool's result, which is not the model's to write. */
  response: string
  /** Reasoning and framing. */
  others?: readonly Opener[]
}

/** A dialect whose calls are `call:NAME{key:value}`, strings between quotes that are tokens. */
export function defineGemmaDialect(parts: GemmaDialectParts): Dialect {
  const { models, open, close, quote, response, others = [], ...rest } = parts
  const notation = gemmaNotation(quote)
  const closing = new CallClosing({
    closers: [close],
    followers: [open, response],
    certain: true,
    language: 'notation',
  })
  const call: Opener = {
    marker: open,
    special: true,
    read: (turn, recording) => readCall(turn, recording, notation, closing),
  }
  const invented: Opener = {
    marker: response,
    special: true,
    read(turn) {
      turn.emitter.close(turn.input.position)
      turn.done = true
    },
  }
  return defineDialect({
    ...rest,
    detects: modelPattern(...models),
    grammar: { openers: [call, invented, ...others] },
    write: (calls) => calls.map((one) => `${open}${writeCall(one, quote)}${close}`).join(''),
  })
}

function* readCall(turn: Turn, recording: Recording, notation: Notation, closing: CallClosing): Reading {
  const call = new CallDraft(turn, recording)
  const name = yield* readName(turn.input)
  if (name === undefined) {
    return yield* closing.finish(turn, call, { kind: 'broken', problem: 'it must be call:NAME{key:value}' })
  }
  call.setName(name)
  yield* closing.finish(turn, call, yield* new NotationReader(turn, call, notation).read())
}

/** The name between the optional `call:` and the opening brace; undefined where no brace comes. */
function* readName(input: Input): Reading<string | undefined> {
  let length = 0
  for (;;) {
    while (length < longestName && nameCharacter.test(input.text.charAt(input.at + length))) length++
    const next = input.text.charAt(input.at + length)
    if (next === '{') break
    if (next !== '' || input.ended !== undefined) return undefined
    yield
  }
  const name = input.text.slice(input.at, input.at + length).replace(/^\s*(?:call\s*)?:/, '')
  input.at += length
  return name
}

function gemmaNotation(quote: string): Notation {
  return {
    outermost: { open: '{', close: '}', separator: ':' },
    python: false,
    stringAt(text, at, whole) {
      if (text.startsWith(quote, at)) return { length: quote.length, close: quote }
      if (text.charAt(at) === '"') return { length: 1, close: '"', escape: readJsonEscape }
      return !whole && quote.startsWith(text.slice(at, at + quote.length)) ? 'more' : undefined
    },
  }
}

/** An escape of JSON, in the quotes of JSON that the models fall back to. */
function readJsonEscape(text: string, at: number, whole: boolean): Escape {
  const end = findEscapeEnd(text, at, whole)
  if (end === undefined) return { kind: 'more' }
  if (end === 'broken') return { kind: 'broken', problem: 'a string has an escape that JSON does not know' }
  const json = text.slice(at, end)
  return { kind: 'whole', length: json.length, json: json === String.raw`\'` ? "'" : json }
}

function writeCall(call: ToolCall, quote: string): string {
  const string = (text: string) => (text.includes(quote) ? JSON.stringify(text) : quote + text + quote)
  const members = respellJson(call.arguments || '{}', {
    key: (text) => `${plainKey.test(text) ? text : string(text)}:`,
    string,
    scalar: (word) => word,
    comma: ',',
  })
  return `call:${call.name}${members}`
}
