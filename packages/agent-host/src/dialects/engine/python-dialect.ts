import type { ToolSpec } from '../../core/tool.ts'
import { bareJson } from '../bare-json.ts'
import type { Dialect } from '../dialect.ts'
import { modelPattern } from '../model-pattern.ts'
import { pythonList } from '../python-list.ts'
import { CallClosing } from './call-end.ts'
import { defineDialect } from './define-dialect.ts'
import type { Opener } from './grammar.ts'
import type { Input, Reading } from './input.ts'
import { readJsonCalls } from './json-calls.ts'
import { readPythonCalls } from './python-calls.ts'

const nameStarts = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_'.split('')
/** More white space than this never stands between a bracket and what it holds. */
const longestGap = 64

/** Calls as Python, between markers or as the whole message. */
interface PythonDialectParts extends Pick<Dialect, 'name' | 'aliases' | 'write' | 'promptTools'> {
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
  return defineDialect({
    ...rest,
    detects: modelPattern(...models),
    grammar: {
      openers: [...(markers ? [pythonOpener(markers)] : []), ...others],
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

function pythonOpener({ open, close, special = false }: NonNullable<PythonDialectParts['markers']>): Opener {
  const parts = { closers: [close], followers: [open], certain: true }
  const python = new CallClosing({ ...parts, language: 'Python' })
  const json = new CallClosing(parts)
  return {
    marker: open,
    special,
    follows: ['[', '{', ...nameStarts],
    *read(turn, recording) {
      if (yield* holdsJson(turn.input)) yield* readJsonCalls(turn, recording, json)
      else yield* readPythonCalls(turn, recording, python)
    },
  }
}

/** Whether a JSON object or an array of them stands here. */
function* holdsJson(input: Input): Reading<boolean> {
  for (;;) {
    const text = input.text.slice(input.at, input.at + longestGap)
    const known = text.replace(/^\[\s*/, '').charAt(0)
    if (known !== '') return known === '{'
    if (text.length === longestGap || input.ended !== undefined) return false
    yield
  }
}
