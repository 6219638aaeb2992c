import type { Dialect } from './dialect.ts'
import { CallClosing } from './engine/call-end.ts'
import { Grammar, type Opener, type Start } from './engine/grammar.ts'
import type { Reading, Recording } from './engine/input.ts'
import { TextParser } from './engine/text-parser.ts'
import type { Turn } from './engine/turn.ts'
import { longestHead, readHead, readHeadedCall } from './headed-call.ts'
import { modelPattern } from './model-pattern.ts'

const open = '>>>'
/** The recipient that is the user. */
const user = 'all'
const closing = new CallClosing({ closers: [], followers: [open], certain: true })
/** The name stands right behind the marker, unlike what follows the prompt of a Python session. */
const head = { first: /[\w.-]/, name: /^([\w.-]+)\r?\n\s*(?=[^\s])/, begun: /^(?:[\w.-]+(?:\r?(?:\n\s*)?)?)?$/ }
const userHead = { first: /a/, name: /^(all)\r?\n/, begun: /^(?:a|al|all\r?)?$/ }

const opener: Opener = {
  marker: open,
  *read(turn, recording) {
    if (!(yield* readMessage(turn, recording))) turn.writeProse(recording.text())
  },
}

/** The message's own beginning, whose marker is the end of the prompt. */
const headless: Start = {
  begins(text, whole) {
    if (userHead.name.test(text) || (head.name.test(text) && head.name.exec(text)?.[1] !== user)) return true
    return head.begun.test(text) && !whole ? undefined : false
  },
  read: (turn, recording) => readMessage(turn, recording, true),
}

/** Reads what is addressed to someone; false where no address stands here. */
function* readMessage(turn: Turn, recording: Recording, offeredOnly = false): Reading<boolean> {
  const { input } = turn
  if ((yield* readHead(input, userHead)) !== undefined) {
    turn.startBlock('text')
    return true
  }
  const begun = offeredOnly ? input.text.slice(input.at, input.at + longestHead) : ''
  if (offeredOnly && turn.tools.resolve(head.name.exec(begun)?.[1] ?? '') === undefined) return false
  const name = yield* readHead(input, head)
  if (name === undefined || input.text.charAt(input.at) !== '{') return false
  yield* readHeadedCall(turn, recording, name, closing)
  return true
}

const grammar = new Grammar({ openers: [opener], starts: [headless] })

/**
 * `>>>get_weather\n{"city": "Tokyo"}`, and `>>>all` before text for the user; the prompt ends in the first `>>>`:
 * Functionary v3.2. `auto` knows it by its marker, since a message may well begin with a word on a line of its own.
 */
export const functionaryV32: Dialect = {
  name: 'functionary_v32',
  aliases: ['functionary_v3_2'],
  families: 'MeetKai Functionary v3.2',
  detects: modelPattern(/functionary.*v3\.2/),
  createParser: (options) => new TextParser(grammar, options),
  write: (calls) => calls.map((call) => `${open}${call.name}\n${call.arguments || '{}'}`).join(''),
  grammar: { openers: [opener] },
}
