import type { ToolSpec } from '../core/tool.ts'
import { createAuto } from './auto.ts'
import type { Dialect } from './dialect.ts'
import { react, reactGrammar } from './react.ts'
import { detectDialect, dialects } from './registry.ts'

/** A dialect that can be taught. */
export type TaughtDialect = Dialect & Required<Pick<Dialect, 'promptTools'>>

/**
 * The dialect to teach a model in its instructions: its own, else ReAct. A model that nobody knows may still write as
 * it was trained to, so all dialects are read beside ReAct.
 */
export function taughtDialect(model: string): TaughtDialect {
  const own = detectDialect(model)
  if (own) return { ...own, promptTools: own.promptTools ?? ((tools) => lesson(own, tools)) }
  const reader = createAuto([{ ...react, grammar: reactGrammar }, ...dialects])
  return { ...react, createParser: (options) => reader.createParser(options) }
}

/** A lesson for a format that has no wording of its own: the tools, and how a call is written. */
function lesson(dialect: Dialect, tools: readonly ToolSpec[]): string {
  // Without an id: a model would copy it into every call.
  const example = { id: '', name: 'FUNCTION_NAME', arguments: '{"ARGUMENT": "VALUE"}' }
  return [
    'You can call these functions, one JSON object each with its name and the schema of its arguments:',
    ...tools.map((tool) => JSON.stringify(tool)),
    '',
    'To call one, write exactly this, with its name and arguments, and stop:',
    dialect.write([example]),
    '',
    'You are then given its result. Never make up a result. When you need no function, just answer.',
  ].join('\n')
}
