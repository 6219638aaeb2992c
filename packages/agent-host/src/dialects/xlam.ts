import type { Dialect } from './dialect.ts'
import { bareJson } from './bare-json.ts'
import { CallClosing } from './engine/call-end.ts'
import { Grammar, type Opener } from './engine/grammar.ts'
import { readJsonCalls } from './engine/json-calls.ts'
import { likelyCalls } from './engine/likely-calls.ts'
import { TextParser } from './engine/text-parser.ts'
import { thinking } from './engine/thinking.ts'
import { toJsonArray } from './engine/write-json.ts'
import { modelPattern } from './model-pattern.ts'

const markers = ['<tool_call>', '[TOOL_CALLS]']
/** White space closes a call too, since the bare array and the one after `[TOOL_CALLS]` have no closer. */
const closing = new CallClosing({
  closers: ['</tool_call>', '</s>'],
  followers: [...markers, '\n[{'],
  certain: false,
  space: true,
})
const openers: readonly Opener[] = [
  ...markers.map<Opener>((marker) => ({
    marker,
    follows: ['{', '['],
    read: (turn, recording) => readJsonCalls(turn, recording, closing),
  })),
  ...thinking('<think>', '</think>'),
]
const grammar = new Grammar({ openers: [...openers, ...likelyCalls(closing)], starts: [bareJson] })

/**
 * `[{"name": …, "arguments": {…}}]`, bare, in a fence, after `[TOOL_CALLS]` or in `<tool_call>`: Salesforce xLAM. Other
 * dialects own those markers, so that `auto` has nothing to learn here.
 */
export const xlam: Dialect = {
  name: 'xlam',
  families: 'Salesforce xLAM and xLAM-2',
  detects: modelPattern(/xlam/),
  createParser: (options) => new TextParser(grammar, options),
  write: (calls) => toJsonArray(calls),
}
