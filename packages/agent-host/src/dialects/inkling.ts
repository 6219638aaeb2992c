import { CallClosing } from './engine/call-end.ts'
import { Grammar, type Opener, type Start } from './engine/grammar.ts'
import type { Input, Reading } from './engine/input.ts'
import { readJsonCalls } from './engine/json-calls.ts'
import { TextParser } from './engine/text-parser.ts'
import { toJsonCall } from './engine/write-json.ts'
import type { Dialect } from './dialect.ts'
import { modelPattern } from './model-pattern.ts'

const message = '<|message_model|>'
const invoke = '<|content_invoke_tool_json|>'
const end = '<|end_message|>'
const closing = new CallClosing({ closers: [end], followers: [message, invoke], certain: false })
/** The name may stand before the call as well; the one inside it counts. */
const header = /^\s*[\w.-]{0,64}\s*/
const longestHeader = 128

const openers: readonly Opener[] = [
  {
    marker: message,
    special: true,
    *read(turn, recording) {
      const length = yield* findInvocation(turn.input)
      if (length === 0) return turn.startBlock('text')
      turn.input.at += length
      yield* readJsonCalls(turn, recording, closing)
    },
  },
  {
    marker: invoke,
    special: true,
    follows: ['{', '['],
    read: (turn, recording) => readJsonCalls(turn, recording, closing),
  },
  block('<|content_thinking|>', 'reasoning'),
  block('<|content_text|>', 'text'),
  block(end, 'text'),
]

/** The generation prompt may end in `<|message_model|>`, so that the turn begins with the tool's name. */
const named: Start = {
  begins: (text, whole) => {
    const length = measureInvocation(text, whole)
    return length === undefined ? undefined : length > 0
  },
  *read(turn, recording) {
    turn.input.at += yield* findInvocation(turn.input)
    yield* readJsonCalls(turn, recording, closing)
    return true
  },
}
const grammar = new Grammar({ openers, starts: [named] })

/** `<|message_model|><|content_invoke_tool_json|>{"name": …, "args": {…}}<|end_message|>`: Inkling. */
export const inkling: Dialect = {
  name: 'inkling',
  families: 'Inkling',
  detects: modelPattern(/(?<![a-z])inkling(?![a-z])/),
  grammar: { openers },
  createParser: (options) => new TextParser(grammar, options),
  write: (calls) => calls.map((call) => `${message}${invoke}${toJsonCall(call, 'args')}${end}`).join(''),
}

function block(marker: string, mode: 'reasoning' | 'text'): Opener {
  return {
    marker,
    special: true,
    read(turn) {
      turn.startBlock(mode)
    },
  }
}

/** How long a header and the marker of a call are that stand here; 0 where they do not. */
function* findInvocation(input: Input): Reading<number> {
  for (;;) {
    const text = input.text.slice(input.at, input.at + longestHeader)
    const length = measureInvocation(text, input.ended !== undefined || text.length === longestHeader)
    if (length !== undefined) return length
    yield
  }
}

function measureInvocation(text: string, whole: boolean): number | undefined {
  const length = header.exec(text)?.[0].length ?? 0
  if (text.startsWith(invoke, length)) return length + invoke.length
  return !whole && invoke.startsWith(text.slice(length)) ? undefined : 0
}
