import { bareJson } from './bare-json.ts'
import { defineDialect } from './engine/define-dialect.ts'
import type { Opener } from './engine/grammar.ts'
import { framing } from './engine/thinking.ts'
import { readHarmonyMessage, skipStrayText } from './harmony-message.ts'
import { strippedStart, headlessStart } from './harmony-starts.ts'
import { modelPattern } from './model-pattern.ts'

/** Begins a header: all up to `<|message|>` says what the message is. */
function header(marker: string): Opener {
  return { marker, special: true, read: readHarmonyMessage }
}

/** Ends a message. */
function messageEnd(marker: string): Opener {
  return {
    marker,
    special: true,
    *read(turn) {
      turn.startBlock('text')
      yield* skipStrayText(turn)
    },
  }
}

/**
 * OpenAI's Harmony, spoken by gpt-oss: `<|start|>assistant<|channel|>commentary to=functions.NAME
 * <|constrain|>json<|message|>{…}<|call|>`. The analysis channel is reasoning; the final one, and commentary to nobody,
 * are text. The prompt ends in `<|start|>assistant`, so the first header is a torso.
 */
export const harmony = defineDialect({
  name: 'harmony',
  aliases: ['openai', 'gpt-oss'],
  families: 'OpenAI gpt-oss-20b and 120b',
  detects: modelPattern(/gpt-?oss/),
  grammar: {
    openers: [
      header('<|start|>'),
      header('<|channel|>'),
      messageEnd('<|end|>'),
      messageEnd('<|call|>'),
      messageEnd('<|return|>'),
      ...framing('<|message|>', '<|constrain|>'),
    ],
    starts: [headlessStart, strippedStart, bareJson],
  },
  write: (calls) =>
    calls
      .map(
        (call) =>
          `<|channel|>commentary to=functions.${call.name} <|constrain|>json<|message|>${call.arguments || '{}'}<|call|>`,
      )
      .join('<|start|>assistant'),
  promptTools: (tools) =>
    [
      'Calls to these tools must go to the commentary channel: `functions`.',
      '',
      '# Tools',
      '',
      '## functions',
      '',
      ...tools.map((tool) => `// ${tool.description ?? ''}\n${tool.name}: ${JSON.stringify(tool.parameters)}`),
      '',
      'To call one, write <|channel|>commentary to=functions.NAME <|constrain|>json<|message|>{…}<|call|>',
    ].join('\n'),
})
