import { CallDraft, type CallSink } from './engine/call-draft.ts'
import { readCallObject } from './engine/call-object.ts'
import { defineDialect } from './engine/define-dialect.ts'
import type { Start } from './engine/grammar.ts'
import type { Reading, Recording } from './engine/input.ts'
import { MarkerSet } from './engine/markers.ts'
import { TextBuffer } from './engine/text-buffer.ts'
import type { Turn } from './engine/turn.ts'
import { toJsonArray, toJsonCall } from './engine/write-json.ts'

const fence = '```'
/** Tokens that end a message; a server may leave them in the text. */
const messageEnds = new MarkerSet(['<|end|>', '<|return|>', '<|call|>', '<|start|>', '<|im_end|>', '<|eot_id|>'])

/**
 * A message that is nothing but one call as JSON, or an array of calls, bare or in one ```json fence. It stays held
 * until a key or a name shows that it is an answer, for only its end shows that it is a call.
 */
export const bareJson: Start = {
  begins(text, whole) {
    if (text.startsWith('{') || text.startsWith(fence)) return true
    if (text.startsWith('[')) return beginsArray(text, whole)
    return !whole && fence.startsWith(text) ? undefined : false
  },
  *read(turn, recording) {
    if (!turn.bareCalls) return false
    const fenced = turn.input.text.startsWith(fence, turn.input.at)
    if (fenced && !(yield* readFenceLine(turn))) return false
    const calls = yield* readCalls(turn)
    if (!calls || (fenced && !(yield* readFenceEnd(turn))) || !(yield* endsMessage(turn))) return false
    emitCalls(turn, recording, calls)
    return true
  },
}

/** An array of calls begins with an object; what begins otherwise is left for others. */
function beginsArray(text: string, whole: boolean): boolean | undefined {
  const first = text.slice(1).trimStart().charAt(0)
  return first === '' && !whole ? undefined : first === '{'
}

/** Bare JSON alone, for models without a format of their own. */
export const bareJsonDialect = defineDialect({
  name: 'bare-json',
  families: 'Any model without a format of its own, and gpt-oss where a call is required',
  detects: () => false,
  grammar: { openers: [], starts: [bareJson] },
  write: (calls) => (calls.length === 1 ? calls.map((call) => toJsonCall(call)).join('') : toJsonArray(calls)),
  promptTools: (tools) =>
    [
      'You can call these tools:',
      ...tools.map((tool) => JSON.stringify(tool)),
      'To call one, answer with nothing but a JSON object: {"name": <tool name>, "arguments": <arguments object>}',
      'To call several, answer with nothing but an array of such objects.',
    ].join('\n'),
})

/** A call that waits until it is known to be one. */
class HeldCall implements CallSink {
  readonly arguments = new TextBuffer()
  readonly repairs: string[] = []
  name: string | undefined
  id: string | undefined
  range: { start: number; end: number } | undefined
  /** Where the call's object ends. */
  end = 0
  readonly #turn: Turn

  constructor(turn: Turn) {
    this.#turn = turn
  }

  setName(written: string): boolean {
    this.name ??= this.#turn.tools.resolve(written)
    return this.name !== undefined
  }

  setId(id: string): void {
    this.id ??= id
  }

  write(text: string, start: number, end: number): void {
    this.arguments.add(text)
    this.range = { start: this.range?.start ?? start, end }
  }

  repair(what: string): void {
    this.repairs.push(what)
  }
}

/** One call object or an array of them; undefined where it is something else. */
function* readCalls(turn: Turn): Reading<HeldCall[] | undefined> {
  const { input } = turn
  const calls: HeldCall[] = []
  const inArray = (yield* turn.peekPastSpace()) === '['
  if (inArray) input.at++
  for (;;) {
    const call = new HeldCall(turn)
    const end = yield* readCallObject(turn, call, true)
    if (end.kind !== 'closed' || call.name === undefined || call.range === undefined) return undefined
    call.end = input.position
    calls.push(call)
    if (!inArray) return calls
    const next = yield* turn.peekPastSpace()
    input.at++
    if (next === ']') return calls
    if (next !== ',') {
      input.at--
      return undefined
    }
  }
}

/** The line that opens a fence, if its label is `json` or none. */
function* readFenceLine(turn: Turn): Reading<boolean> {
  const { input } = turn
  for (;;) {
    const line = /^```(?:json)?[ \t]*\r?\n/.exec(input.text.slice(input.at, input.at + 64))?.[0]
    if (line !== undefined) {
      input.at += line.length
      return '{['.includes((yield* turn.peekPastSpace()) || '-')
    }
    const rest = input.text.slice(input.at, input.at + 16)
    if (input.ended !== undefined || !/^```(?:j|js|jso|json)?[ \t]*\r?$/.test(rest)) return false
    yield
  }
}

function* readFenceEnd(turn: Turn): Reading<boolean> {
  const { input } = turn
  yield* turn.peekPastSpace()
  while (input.ended === undefined && input.text.length - input.at < fence.length) yield
  if (!input.text.startsWith(fence, input.at)) return false
  input.at += fence.length
  return true
}

function* endsMessage(turn: Turn): Reading<boolean> {
  const { input } = turn
  if ((yield* turn.peekPastSpace()) === '') return input.endedNormally
  for (;;) {
    const match = messageEnds.match(input.text, input.at, input.ended !== undefined)
    if (!match) return false
    if (match.marker !== undefined) return true
    yield
  }
}

function emitCalls(turn: Turn, recording: Recording, held: readonly HeldCall[]): void {
  for (const call of held) {
    const { name, id, range } = call
    if (name === undefined || range === undefined) continue
    const draft = new CallDraft(turn, recording)
    if (id !== undefined) draft.setId(id)
    draft.setName(name, range.start)
    draft.write(call.arguments.toString(), range.start, range.end)
    for (const repair of call.repairs) draft.repair(repair)
    draft.finish(call === held.at(-1) ? turn.input.position : call.end)
  }
}
