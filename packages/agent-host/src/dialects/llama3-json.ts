import type { Dialect } from './dialect.ts'
import { bareJson } from './bare-json.ts'
import { CallClosing } from './engine/call-end.ts'
import { Grammar } from './engine/grammar.ts'
import { likelyCalls } from './engine/likely-calls.ts'
import { pythonOpener } from './engine/python-dialect.ts'
import { TextParser } from './engine/text-parser.ts'
import { toJsonCall } from './engine/write-json.ts'
import { modelPattern } from './model-pattern.ts'

const tag = '<|python_tag|>'
const messageEnds = ['<|eom_id|>', '<|eot_id|>', '<|end_of_text|>']
/** A call is closed by `;`, a token that ends the message or white space; a broken one ends where the next begins. */
const closing = { closers: [';', ...messageEnds], followers: [tag, '\n{', '\n['], certain: false, space: true }

/** What `auto` reads too: it is not told that bare JSON amid prose is a call. */
const marked = { openers: [pythonOpener(tag, true, closing)], starts: [bareJson] }
const grammar = new Grammar({
  openers: [...marked.openers, ...likelyCalls(new CallClosing(closing))],
  starts: marked.starts,
})

/**
 * `{"name": …, "parameters": {…}}`, several with `; ` between: Llama 3.1 and 3.3. Prose stands before and after, so only
 * the name of an offered tool makes it a call. `<|python_tag|>` may come first, and alone opens the built-in tools'
 * `brave_search.call(query="…")`.
 */
export const llama3Json: Dialect = {
  name: 'llama3_json',
  aliases: ['llama3', 'llama4_json'],
  families: 'Llama 3.1 and 3.3',
  detects: modelPattern(
    /^(?!.*(?:hermes|deepseek|nemotron|xlam|toolace|functionary|firefunction|guard)).*llama-?v?3[.p-][13](?![\db])/,
  ),
  grammar: marked,
  createParser: (options) => new TextParser(grammar, options),
  write: (calls) => calls.map((call) => toJsonCall(call, 'parameters')).join('; '),
}
