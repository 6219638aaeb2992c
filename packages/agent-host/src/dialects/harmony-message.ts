import { CallDraft } from './engine/call-draft.ts'
import { CallClosing } from './engine/call-end.ts'
import { readArguments } from './engine/call-object.ts'
import type { Input, Reading, Recording } from './engine/input.ts'
import { MarkerSet } from './engine/markers.ts'
import { readNamelessCall } from './engine/nameless-call.ts'
import type { Turn } from './engine/turn.ts'
import { skipWrapper } from './engine/wrapped-arguments.ts'
import { parseHarmonyHeader, type HarmonyMessage } from './harmony-header.ts'

const message = '<|message|>'
/** Where a message's text ends. */
export const harmonyEnds = ['<|call|>', '<|end|>', '<|return|>'] as const
const closing = new CallClosing({ closers: harmonyEnds, followers: ['<|start|>', '<|channel|>'], certain: true })
const headerParts: ReadonlySet<string> = new Set(['<|start|>', '<|channel|>', '<|constrain|>'])
const tokens = new MarkerSet([message, ...harmonyEnds, ...headerParts])
/** Between two tokens a header has no more than this; longer text is the message, its `<|message|>` forgotten. */
const longestHeaderPart = 120
const longestHeader = 400
const longestStrayText = 16

/** What a header consists of; where `<|message|>` is missing, the message begins behind it. */
const headerOnly =
  /^(?:\s*(?:<\|(?:start|channel|constrain)\|>|assistant|analysis|commentary|final|to=[\w.:-]+|(?:json|code)\b))*/

/** Reads a header, which began with the recording, and the call after it; prose is left to the content. */
export function* readHarmonyMessage(turn: Turn, recording: Recording): Reading {
  const { input } = turn
  const begun = recording.text()
  const { length, end } = yield* findHeader(input)
  let header = begun + input.text.slice(input.at, input.at + length)
  const pure = headerOnly.exec(header)?.[0] ?? ''
  // Another token may stand where `<|message|>` belongs.
  const ended = end === message || (end !== undefined && end !== '<|call|>' && pure === header)
  if (!ended) header = pure.length < begun.length ? begun : pure
  input.at += header.length - begun.length + (ended ? (end?.length ?? 0) : 0)
  yield* readBody(turn, recording, parseHarmonyHeader(header, turn.tools), closing)
  if (!ended && turn.fresh) turn.dropLeadingSpace()
}

/** Reads the message that a header announced. */
export function* readBody(turn: Turn, recording: Recording, header: HarmonyMessage, ends: CallClosing): Reading {
  if (header.kind === 'invented') {
    turn.emitter.close(turn.input.position)
    turn.done = true
  } else if (header.kind === 'call') yield* readCall(turn, recording, header.name, ends)
  else if (header.kind !== 'nameless') turn.startBlock(header.kind)
  else if (yield* beginsObject(turn.input)) yield* readNamelessCall(turn, recording, ends)
  else turn.startBlock(header.prose)
}

/** Skips a stray word between two messages, such as `<|end|> 364 <|start|>`. */
export function* skipStrayText({ input }: Turn): Reading {
  for (;;) {
    const match = tokens.find(input.text, input.at, input.ended !== undefined)
    const between = input.text.slice(input.at, match.at)
    if (between.length > longestStrayText || between.includes('\n')) return
    if (match.marker === '<|start|>' || match.marker === '<|channel|>') input.at = match.at
    if (match.marker !== undefined || input.ended !== undefined) return
    yield
  }
}

function* readCall(turn: Turn, recording: Recording, name: string, ends: CallClosing): Reading {
  const call = new CallDraft(turn, recording)
  call.setName(name)
  if ((yield* turn.peekPastSpace()) !== '' && (yield* ends.takeHere(turn))) {
    call.repair('an empty body became no arguments')
    return call.finish()
  }
  if (yield* skipWrapper(turn, call.name ?? name)) call.repair('a call around the arguments was dropped')
  yield* ends.finish(turn, call, yield* readArguments(turn, call))
}

/** Whether an object stands right here. */
function* beginsObject(input: Input): Reading<boolean> {
  while (input.empty && input.ended === undefined) yield
  return input.text.charAt(input.at) === '{'
}

/** Looks ahead for the token that ends the header, without reading it. */
function* findHeader(input: Input): Reading<{ length: number; end?: string }> {
  let length = 0
  for (;;) {
    const from = input.at + length
    const match = tokens.find(input.text, from, input.ended !== undefined)
    const part = input.text.slice(from, match.at)
    const longest = Math.min(longestHeaderPart, part.indexOf('\n') >>> 0)
    if (part.length > longest || length > longestHeader) return { length: length + Math.min(part.length, longest) }
    if (match.marker !== undefined && !headerParts.has(match.marker)) {
      return { length: length + part.length, end: match.marker }
    }
    if (match.marker !== undefined) length += part.length + match.marker.length
    else if (input.ended !== undefined) return { length: length + part.length }
    else yield
  }
}
