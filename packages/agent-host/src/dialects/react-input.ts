import type { CallDraft } from './engine/call-draft.ts'
import { readArguments } from './engine/call-object.ts'
import { Input, type Reading } from './engine/input.ts'
import { JsonReader, type JsonEnd } from './engine/json-reader.ts'
import { TextBuffer } from './engine/text-buffer.ts'
import type { Turn } from './engine/turn.ts'
import { anyLabel, anyLabelLine } from './react-labels.ts'

const fence = '```'
const fenceLine = /^```(?:json)?[ \t]*\r?\n/
const fenceLineBegun = /^`{1,3}$|^```(?:j|js|jso|json)?[ \t]{0,16}\r?$/
/** A known key stands at the beginning of an object, or nothing. */
const longestStart = 400

/** Reads the arguments behind `Action Input:`, up to the line that begins with the next label. */
export function* readActionInput(turn: Turn, call: CallDraft): Reading {
  if ((yield* turn.peekPastSpace()) === '' || (yield* isLabelNext(turn))) {
    call.repair('an empty input became no arguments')
    return finish(turn, call)
  }
  const fenced = yield* takeFenceLine(turn)
  const parameter = turn.tools.onlyString(call.name ?? '')
  if (parameter !== undefined && !(yield* beginsWithKey(turn, parameter))) {
    return yield* readLooseInput(turn, call, parameter)
  }
  yield* finishJson(turn, call, yield* readArguments(turn, call), fenced)
}

/** Skips to the line break before the next label. */
export function* skipToLabel(turn: Turn): Reading {
  const { input } = turn
  for (;;) {
    const match = turn.find(anyLabelLine)
    input.at = match.at
    if (match.marker !== undefined || input.ended !== undefined) return
    yield
  }
}

/** The input of a tool that needs one string: an object, a quoted string, or else all of it is that string. */
function* readLooseInput(turn: Turn, call: CallDraft, parameter: string): Reading {
  const { input } = turn
  const recording = input.record()
  yield* skipToLabel(turn)
  const text = unfence(recording.stop())
  const object = toObject(text)
  if (object === undefined) call.repair(`the input became the parameter ${parameter}`)
  const json = object ?? JSON.stringify({ [parameter]: toPlainString(text) })
  call.write(json, recording.start, input.position)
  finish(turn, call)
}

/** Complete JSON is closed by the end of its line; JSON that lacks brackets only by a label or the end of the turn. */
function* finishJson(turn: Turn, call: CallDraft, end: JsonEnd, fenced: boolean): Reading {
  const { input } = turn
  if (end.kind === 'broken') {
    yield* skipToLabel(turn)
    return call.fail(`The Action Input is not valid JSON: ${end.problem}.`)
  }
  if (fenced) yield* takeFenceEnd(turn)
  if (end.kind === 'closed' && (yield* endsLine(turn))) return call.finish()
  const next = yield* turn.peekPastSpace()
  if (next !== '' && !(yield* isLabelNext(turn))) {
    yield* skipToLabel(turn)
    return call.fail(
      end.kind === 'closed'
        ? 'The Action Input must be one JSON object and nothing else.'
        : 'The Action Input is not valid JSON: a comma or a closing bracket is missing.',
    )
  }
  if (end.kind === 'unclosed' && (next !== '' || input.endedNormally)) {
    call.write(end.missing, input.position, input.position)
    call.repair('missing closing brackets were added')
  }
  finish(turn, call)
}

/** A label, or else the normal end of the turn, closes the call. */
function finish(turn: Turn, call: CallDraft): void {
  if (turn.input.empty && !turn.input.endedNormally) call.fail('The text stopped before the call was complete.')
  else call.finish()
}

/** Whether only spaces are left of this line, and another begins. */
function* endsLine({ input }: Turn): Reading<boolean> {
  for (;;) {
    while (' \t\r'.includes(input.text.charAt(input.at) || '-')) input.at++
    if (!input.empty) return input.text.charAt(input.at) === '\n'
    if (input.ended !== undefined) return false
    yield
  }
}

function* isLabelNext({ input }: Turn): Reading<boolean> {
  for (;;) {
    const match = anyLabel.match(input.text, input.at, input.ended !== undefined)
    if (!match || match.marker !== undefined) return match !== undefined
    yield
  }
}

/** Whether an object begins here whose first key is `key` and whose value is a string, or an empty one. */
function* beginsWithKey({ input }: Turn, key: string): Reading<boolean> {
  const parts = ['{', JSON.stringify(key), ':', '"']
  for (;;) {
    const text = input.text.slice(input.at, input.at + longestStart)
    const [length, begun] = matchParts(text, parts)
    if (length === parts.length) return true
    if (!begun || text.length === longestStart || input.ended !== undefined) return false
    yield
  }
}

/** How many of the parts stand at the beginning of the text, and whether the text ends where the next may go on. */
function matchParts(text: string, parts: readonly string[]): [length: number, begun: boolean] {
  let rest = text
  for (const [index, part] of parts.entries()) {
    rest = rest.trimStart()
    if (!rest.startsWith(part)) return [index, part.startsWith(rest)]
    rest = rest.slice(part.length)
  }
  return [parts.length, true]
}

function* takeFenceLine({ input }: Turn): Reading<boolean> {
  for (;;) {
    const text = input.text.slice(input.at, input.at + 64)
    const line = fenceLine.exec(text)?.[0]
    if (line !== undefined) {
      input.at += line.length
      return true
    }
    if (input.ended !== undefined || !fenceLineBegun.test(text)) return false
    yield
  }
}

function* takeFenceEnd(turn: Turn): Reading {
  const { input } = turn
  yield* turn.peekPastSpace()
  for (;;) {
    const text = input.text.slice(input.at, input.at + fence.length)
    if (text === fence) {
      input.at += fence.length
      return
    }
    if (!fence.startsWith(text) || input.ended !== undefined) return
    yield
  }
}

/** The text without the white space around it and without the end of its fence. */
function unfence(text: string): string {
  const trimmed = text.trim()
  return trimmed.endsWith(`\n${fence}`) ? trimmed.slice(0, -fence.length).trimEnd() : trimmed
}

/** The text as a JSON object, mended where that is unambiguous; undefined where it is none. */
function toObject(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  const input = new Input()
  input.push(text)
  input.ended = 'stop'
  const json = new TextBuffer()
  const end = new JsonReader(input, { write: (piece) => json.add(piece), repair() {} }).read().next()
  return end.done && end.value.kind === 'closed' && input.empty ? json.toString() : undefined
}

/** A string without the quotes of JSON, where it has them. */
function toPlainString(text: string): string {
  if (!/^"[^"\\]*(?:\\.[^"\\]*)*"$/.test(text)) return text
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}
