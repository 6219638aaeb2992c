import { CallDraft } from './call-draft.ts'
import type { CallClosing } from './call-end.ts'
import type { Input, Reading, Recording } from './input.ts'
import { NotationReader } from './notation-reader.ts'
import { pythonNotation } from './python-notation.ts'
import type { Turn } from './turn.ts'

const longestName = 256
const nameCharacter = /[\w.-]/

/**
 * Reads `[f(a=1), g()]` from where `recording` began, or the calls of the list without brackets, line by line. Without
 * `closing` the list's own bracket ends it.
 */
export function* readPythonCalls(turn: Turn, recording: Recording, closing: CallClosing, bare = false): Reading {
  const { input } = turn
  const inList = (yield* turn.peekPastSpace()) === '['
  if (inList) input.at++
  let own = recording
  for (;;) {
    const call = new CallDraft(turn, own)
    const name = yield* readName(turn)
    if (name === '') return yield* closing.finish(turn, call, { kind: 'broken', problem: 'a call has no name' })
    call.setName(name)
    const end = yield* new NotationReader(turn, call, pythonNotation).read()
    if (end.kind !== 'closed') return yield* closing.finish(turn, call, end)
    if ((yield* turn.peekPastSpace()) === ',') input.at++
    const next = yield* turn.peekPastSpace()
    if (nameCharacter.test(next)) {
      call.finish()
      own = input.record()
      continue
    }
    if (inList && next === ']') input.at++
    return inList && next === ']' && bare ? call.finish() : yield* closing.finish(turn, call, end)
  }
}

function* readName(turn: Turn): Reading<string> {
  const { input } = turn
  yield* turn.peekPastSpace()
  const length = yield* measureName(input)
  const name = input.text.slice(input.at, input.at + length)
  input.at += length
  return name
}

/** How many characters of a name stand here, once that is known. */
function* measureName(input: Input): Reading<number> {
  for (;;) {
    let length = 0
    while (length < longestName && nameCharacter.test(input.text.charAt(input.at + length))) length++
    if (length === longestName || input.at + length < input.text.length || input.ended !== undefined) return length
    yield
  }
}
