import type { ToolCall } from '../../core/tool.ts'
import { bareJson } from '../bare-json.ts'
import type { Dialect } from '../dialect.ts'
import { modelPattern } from '../model-pattern.ts'
import { defineDialect } from './define-dialect.ts'
import type { Opener } from './grammar.ts'
import { readMembers, readStringValue } from './json-members.ts'
import { TagCalls } from './tag-call.ts'
import type { TagRules } from './tag-rules.ts'

/** Calls with raw arguments between tags. */
export interface TagDialectParts {
  name: string
  aliases?: readonly string[]
  families: string
  /** Lower-case model ids. */
  models: readonly RegExp[]
  /** Calls, reasoning and framing. */
  openers: readonly Opener[]
  write: TagWriting
  promptTools?: NonNullable<Dialect['promptTools']>
}

/** How a model writes its calls. */
export interface TagWriting {
  /** Before the first call, between two and after the last. */
  around?: readonly [before: string, between: string, after: string]
  call(name: string, parameters: string, index: number): string
  /** One parameter; `isString` where the value is a string, which `text` then is, and JSON otherwise. */
  parameter(key: string, text: string, isString: boolean): string
}

/** A dialect whose calls have raw arguments between tags. */
export function defineTagDialect(parts: TagDialectParts): Dialect {
  const { name, aliases, families, models, openers, write, promptTools } = parts
  return defineDialect({
    name,
    ...(aliases && { aliases }),
    families,
    detects: modelPattern(...models),
    grammar: { openers, starts: [bareJson] },
    write: (list) => writeTagCalls(list, write),
    ...(promptTools && { promptTools }),
  })
}

/** What begins a call, and how it goes on. */
export interface TagOpening {
  rules: TagRules
  /** Any of these begins one. */
  open: readonly string[]
  /** Must follow that, and is read with it: the call's own tag, where `open` are tags around it. */
  second?: string
  /** What must follow, as beginnings. Default: anything. */
  follows?: readonly string[]
  /** The markers are tokens of the model's own, so no fence protects them. Default false. */
  special?: boolean
}

/** Openers that read calls. */
export function tagOpeners({ rules, open, second, follows, special = false }: TagOpening): readonly Opener[] {
  const calls = new TagCalls({ offeredOnly: !special, ...rules })
  const next = second === undefined ? follows : [second]
  return open.map((marker) => ({
    marker,
    special,
    ...(next && { follows: next }),
    read(turn, recording) {
      turn.input.at += second?.length ?? 0
      return calls.read(turn, recording)
    },
  }))
}

/** Tags around calls: they only frame them, the opening one where one of `inside` follows. */
export function wrapper(open: string, close: string, inside: readonly string[], special = false): readonly Opener[] {
  return [
    {
      marker: open,
      special,
      follows: inside,
      read(turn) {
        turn.startBlock(turn.mode)
      },
    },
    {
      marker: close,
      special,
      when: (turn) => special || turn.fresh,
      read(turn) {
        turn.startBlock(turn.mode)
      },
    },
  ]
}

/** The calls in the tags of a dialect. JSON in it has its `<` escaped, so that it can hold any marker. */
export function writeTagCalls(calls: readonly ToolCall[], writing: TagWriting): string {
  const [before, between, after] = writing.around ?? ['', '\n', '']
  const written = calls.map((call, index) => {
    const parameters = readMembers(call.arguments).map(({ key, json }) => {
      const text = readStringValue(json)
      return writing.parameter(key, text ?? json.replaceAll('<', '\\u003c'), text !== undefined)
    })
    return writing.call(call.name, parameters.join(''), index)
  })
  return before + written.join(between) + after
}
