import type { ToolSpec } from '../core/tool.ts'
import type { Dialect } from './dialect.ts'
import { readContent } from './engine/content.ts'
import { Grammar, type GrammarRules, type Opener } from './engine/grammar.ts'
import { TextParser } from './engine/text-parser.ts'
import { readAction, readLoneInput } from './react-action.ts'
import { reactLabels } from './react-labels.ts'

/** Behind `Final Answer:` everything is the answer. */
const answer = new Grammar({ openers: [] })

/** Labels count at the beginning of a line only, and outside of fences. */
function labelled(labels: readonly string[], read: Opener['read']): readonly Opener[] {
  return labels.map((marker) => ({ marker, when: (turn) => turn.fence.atLineStart, read }))
}

/** Too much like ordinary answers for `auto`; for a model that was taught it, it stands beside the others. */
export const reactGrammar: GrammarRules = {
  openers: [
    ...labelled(reactLabels.thought, (turn) => {
      turn.startBlock('reasoning')
    }),
    ...labelled(reactLabels.action, readAction),
    ...labelled(reactLabels.input, readLoneInput),
    // What the tool says is not the model's to write, so nothing that follows from it can be believed either.
    ...labelled(reactLabels.observation, (turn) => {
      turn.emitter.close(turn.input.position)
      turn.done = true
    }),
    ...labelled(reactLabels.answer, function* read(turn) {
      turn.startBlock('text')
      turn.dropLeadingSpace()
      yield* readContent(turn, answer)
    }),
  ],
}
const grammar = new Grammar(reactGrammar)

/**
 * ReAct: `Thought:` is reasoning, `Action:` and `Action Input:` a call, `Final Answer:` the text. For models that know no
 * format of their own. It has no grammar for `auto`, since ordinary answers have such lines too.
 */
export const react = {
  name: 'react',
  families: 'any model, by instruction',
  detects: () => false,
  createParser: (options) => new TextParser(grammar, options),
  write: (calls) => calls.map((call) => `Action: ${call.name}\nAction Input: ${call.arguments || '{}'}`).join('\n'),
  promptTools: promptReact,
  stop: ['\nObservation:'],
  resultText: 'Observation: {result}',
} satisfies Dialect

function promptReact(tools: readonly ToolSpec[]): string {
  const names = tools.map((tool) => tool.name).join(', ')
  return [
    'You can use tools to find out what you do not know and to get things done. These are the tools:',
    '',
    ...tools.map(describeTool),
    '',
    'To use a tool, write exactly these three lines and then stop:',
    '',
    'Thought: what you need next, and why',
    `Action: the name of one tool (${names})`,
    'Action Input: its arguments as one JSON object on one line, such as {"name": "value"}',
    '',
    'You are then given the result in a line that begins with "Observation:". Never write that line yourself, and never',
    'guess what a tool would say. After it, go on with another Thought. Use as many tools as you need, one at a time.',
    '',
    'When you know the answer, or need no tool, write:',
    '',
    'Thought: why you can answer now',
    'Final Answer: the whole answer to the user, in the language of the user',
    '',
    'Every reply ends either with an Action Input or with a Final Answer.',
  ].join('\n')
}

/** A tool in the words a model needs: what it does, and the schema of its arguments. */
function describeTool({ name, description, parameters }: ToolSpec): string {
  const what = description === undefined ? '' : `: ${description.trim()}`
  return `- ${name}${what}\n  Arguments (JSON Schema): ${JSON.stringify(parameters)}`
}
