import type { ToolSpec } from '../../core/tool.ts'
import { bareJson } from '../bare-json.ts'
import type { Dialect } from '../dialect.ts'
import { modelPattern } from '../model-pattern.ts'
import { pythonList } from '../python-list.ts'
import { CallClosing, type Closing } from './call-end.ts'
import { defineDialect } from './define-dialect.ts'
import type { Opener } from './grammar.ts'
import type { Input, Reading } from './input.ts'
import { readJsonCalls } from './json-calls.ts'
import { readPythonCalls } from './python-calls.ts'

const nameStarts = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_'.split('')
/** A bracket, a name and white space around them are no longer than this. */
const longestHead = 160

/** Calls as Python, between markers or as the whole message. */
interface PythonDialectParts extends Pick<Dialect, 'name' | 'aliases' | 'families' | 'write' | 'promptTools'> {
  /** Lower-case model ids. */
  models: readonly RegExp[]
  /** None where the list stands alone. */
  markers?: { open: string; close: string; special?: boolean }
  /** Reasoning and framing. */
  others?: readonly Opener[]
}

/** A dialect whose calls are Python: a list of them, or one per line, with JSON calls taken too. */
export function definePythonDialect(parts: PythonDialectParts): Dialect {
  const { models, markers, others = [], ...rest } = parts
  const marked = markers && {
    ...markers,
    closing: { closers: [markers.close], followers: [markers.open], certain: true },
  }
  return defineDialect({
    ...rest,
    detects: modelPattern(...models),
    grammar: {
      openers: [...(marked ? [pythonOpener(marked.open, marked.special ?? false, marked.closing)] : []), ...others],
      starts: [pythonList, bareJson],
    },
  })
}

/** Teaches a list of Python calls. */
export function promptPythonTools(tools: readonly ToolSpec[], open = '', close = ''): string {
  return [
    'You can call these functions:',
    ...tools.map((tool) => JSON.stringify(tool)),
    '',
    'To call one or more, answer with nothing but a list of Python calls, every argument by its name:',
    `${open}[function_name(argument_name='value', other_argument=1), other_function()]${close}`,
    'Values are Python literals. Without a call to make, answer in plain words.',
  ].join('\n')
}

/** What opens Python calls; JSON ones are taken there too. */
export function pythonOpener(open: string, special: boolean, closing: Closing): Opener {
  const python = new CallClosing({ ...closing, language: 'Python' })
  const json = new CallClosing(closing)
  return {
    marker: open,
    special,
    follows: ['[', '{', ...nameStarts],
    *read(turn, recording) {
      const content = yield* foresee(turn.input)
      if (content === 'json') yield* readJsonCalls(turn, recording, json)
      else if (content === 'python' || special) yield* readPythonCalls(turn, recording, python)
      else turn.writeProse(recording.text())
    },
  }
}

/** What stands here, so that an answer may speak of a marker that is no token. */
function* foresee(input: Input): Reading<'json' | 'python' | 'prose'> {
  for (;;) {
    const text = input.text.slice(input.at, input.at + longestHead)
    if (/^\[?\s*\{/.test(text)) return 'json'
    if (/^\[?\s*[\w.-]+\s*\(/.test(text)) return 'python'
    if (input.ended !== undefined || text.length === longestHead) return 'prose'
    if (!/^\[?\s*(?:[\w.-]+\s*)?$/.test(text)) return 'prose'
    yield
  }
}
