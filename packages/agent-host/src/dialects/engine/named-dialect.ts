import type { ToolCall } from '../../core/tool.ts'
import { bareJson } from '../bare-json.ts'
import type { Dialect } from '../dialect.ts'
import { modelPattern } from '../model-pattern.ts'
import { CallDraft } from './call-draft.ts'
import { CallClosing } from './call-end.ts'
import { readArguments } from './call-object.ts'
import { defineDialect } from './define-dialect.ts'
import type { Opener } from './grammar.ts'
import type { Input, Reading, Recording } from './input.ts'
import { readJsonCalls } from './json-calls.ts'
import { MarkerSet } from './markers.ts'
import { readNamelessCall } from './nameless-call.ts'
import type { Turn } from './turn.ts'

/** Calls as a name and then JSON arguments. */
export interface NamedDialectParts {
  name: string
  aliases?: readonly string[]
  families: string
  /** Lower-case model ids. */
  models: readonly RegExp[]
  /** What opens one call; a token of the model's own. */
  open: string
  /** What closes it, the usual one first; none where the message's end does. */
  close: readonly string[]
  /** Finds the groups `name` and `id` in the text between `open` and the arguments; with an id, a name may be lost. */
  header: RegExp
  /** White space behind a whole call closes it too, as servers leave out the closer. Default false. */
  spaceCloses?: boolean
  /** Reasoning and framing. */
  others: readonly Opener[]
  /** The marker also opens calls that are JSON altogether. Default false. */
  jsonToo?: boolean
  newCallId?: NonNullable<Dialect['newCallId']>
  write(calls: readonly ToolCall[]): string
}

/** Between a marker and the arguments stands no more than this. */
const longestHeader = 200

/** A dialect whose calls are a name, a separator and JSON arguments. */
export function defineNamedDialect(parts: NamedDialectParts): Dialect {
  const { name, aliases, families, models, open, close, header, others, jsonToo = false, newCallId, write } = parts
  const closing = new CallClosing({
    closers: close,
    followers: [open],
    certain: false,
    space: parts.spaceCloses ?? false,
  })
  const stops = new MarkerSet(['{', open, ...close])
  const named: Opener = {
    marker: open,
    special: true,
    read: (turn, recording) => readNamedCall(turn, recording, { closing, stops, header }),
  }
  const json: Opener = {
    marker: open,
    special: true,
    follows: ['[', '{'],
    read: (turn, recording) => readJsonCalls(turn, recording, closing),
  }
  return defineDialect({
    name,
    ...(aliases && { aliases }),
    families,
    detects: modelPattern(...models),
    grammar: { openers: [...(jsonToo ? [json] : []), named, ...others], starts: [bareJson] },
    ...(newCallId && { newCallId }),
    write,
  })
}

interface NamedCall {
  closing: CallClosing
  stops: MarkerSet
  header: RegExp
}

function* readNamedCall(turn: Turn, recording: Recording, { closing, stops, header }: NamedCall): Reading {
  const { input } = turn
  const length = yield* findHeader(input, stops)
  const { name, id } = header.exec(input.text.slice(input.at, input.at + length))?.groups ?? {}
  input.at += length
  if (name === undefined && id !== undefined) return yield* readNamelessCall(turn, recording, closing, id)
  const call = new CallDraft(turn, recording)
  if (id !== undefined) call.setId(id)
  if (name === undefined) {
    yield* closing.skip(turn)
    return call.fail('The call does not name its tool.')
  }
  call.setName(name)
  if ((yield* turn.peekPastSpace()) !== '{' && (yield* closing.takeHere(turn))) {
    call.repair('missing arguments became no arguments')
    return call.finish()
  }
  yield* closing.finish(turn, call, yield* readArguments(turn, call))
}

/** Looks ahead for the arguments or the call's end: how much text stands before. */
function* findHeader(input: Input, stops: MarkerSet): Reading<number> {
  for (;;) {
    const window = input.text.slice(input.at, input.at + longestHeader)
    const whole = input.ended !== undefined || window.length === longestHeader
    const match = stops.find(window, 0, whole)
    if (match.marker !== undefined || whole) return match.at
    yield
  }
}
