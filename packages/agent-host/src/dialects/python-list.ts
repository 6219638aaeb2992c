import { CallClosing } from './engine/call-end.ts'
import type { Start } from './engine/grammar.ts'
import type { Input, Reading } from './engine/input.ts'
import { readPythonCalls } from './engine/python-calls.ts'

const head = /^\[\s*([a-zA-Z_][\w.-]*)\s*\(/
const headBegun = /^\[\s*(?:[a-zA-Z_][\w.-]*\s*)?$/
/** How the arguments of a call begin, seen from behind its opening bracket. */
const keyword = /^\s*(?:\)|\*\*|[a-zA-Z_]\w*\s*=(?!=)[^])/
const keywordBegun = /^\s*(?:\*|[a-zA-Z_]\w*\s*=?)?$/
const longestHead = 160
/** A broken list ends with its line. */
const closing = new CallClosing({ closers: [], followers: ['\n'], certain: false, language: 'Python' })

/**
 * A list of Python calls at the beginning of a message. Only the call of an offered tool is one, so `[text](url)`, a list
 * of numbers or a comprehension stay text; where any name is taken, its arguments must look like a call's too.
 */
export const pythonList: Start = {
  begins(text, whole) {
    if (head.test(text)) return true
    return headBegun.test(text) && !whole ? undefined : false
  },
  *read(turn, recording) {
    const { input } = turn
    const [begun, name = ''] = head.exec(input.text.slice(input.at, input.at + longestHead)) ?? ['']
    const resolved = turn.tools.resolve(name)
    if (resolved === undefined) return false
    if (!turn.tools.isOffered(resolved) && !(yield* hasKeyword(input, begun.length))) return false
    yield* readPythonCalls(turn, recording, closing, true)
    return true
  },
}

function* hasKeyword(input: Input, offset: number): Reading<boolean> {
  for (;;) {
    const text = input.text.slice(input.at + offset, input.at + offset + longestHead)
    if (keyword.test(text)) return true
    if (text.length === longestHead || input.ended !== undefined || !keywordBegun.test(text)) return false
    yield
  }
}
