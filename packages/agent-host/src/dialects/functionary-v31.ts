import type { Dialect } from './dialect.ts'
import { CallClosing } from './engine/call-end.ts'
import { Grammar } from './engine/grammar.ts'
import { TextParser } from './engine/text-parser.ts'
import { readHeadedCall, readHead } from './headed-call.ts'
import { modelPattern } from './model-pattern.ts'

const open = '<function='
const close = '</function>'
const closing = new CallClosing({ closers: [close], followers: [open], certain: true })
const head = { first: /[\s\w.-]/, name: /^\s*([\w.-]+)\s*>\s*(?=[^\s])/, begun: /^\s*(?:[\w.-]+\s*(?:>\s*)?)?$/ }

const grammar = new Grammar({
  openers: [
    {
      marker: open,
      *read(turn, recording) {
        const name = yield* readHead(turn.input, head)
        // The same tag opens calls whose arguments are tags too; those are another dialect's.
        if (name === undefined || turn.input.text.charAt(turn.input.at) !== '{') turn.writeProse(recording.text())
        else yield* readHeadedCall(turn, recording, name, closing)
      },
    },
  ],
})

/**
 * `<function=get_weather>{"city": "Tokyo"}</function>`: Functionary v3.1, in the format of Llama 3.1's own tools. It has
 * no grammar for `auto`, whose tag dialects know this tag with JSON in it as well.
 */
export const functionaryV31: Dialect = {
  name: 'functionary_v31',
  aliases: ['functionary_v3_1'],
  families: 'MeetKai Functionary v3.1',
  detects: modelPattern(/functionary.*v3\.1/),
  createParser: (options) => new TextParser(grammar, options),
  write: (calls) => calls.map((call) => `${open}${call.name}>${call.arguments || '{}'}${close}`).join('\n'),
}
