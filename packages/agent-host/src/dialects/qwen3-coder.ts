import { functionTags } from './engine/function-tags.ts'
import { defineTagDialect, tagOpeners, wrapper } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'

/**
 * `<tool_call><function=NAME><parameter=KEY>…</parameter></function></tool_call>`: Qwen3-Coder, Qwen3.5 and later, MiMo,
 * Step-3.5, Nemotron-3. The line breaks next to a value's tags are framing.
 */
export const qwen3Coder = defineTagDialect({
  name: 'qwen3_coder',
  aliases: ['qwen3_xml', 'mimo', 'step3p5', 'nemotron_v3'],
  families: 'Qwen3-Coder, Qwen3.5 and later, MiMo, Step-3.5 and 3.7, Nemotron 3',
  models: [
    /^(?!.*deepseek).*qwen-?3(?:\.\d|.*coder)/,
    /mimo(?!-?vl)-/,
    /step-?3(?:\.|p)[5-9]/,
    /nemotron-?3-(?:nano|super|ultra)/,
  ],
  openers: [
    ...tagOpeners({
      rules: {
        ...functionTags,
        after: ['<tool_call>', '</tool_call>', '<function='],
        lineFraming: true,
      },
      open: ['<function='],
    }),
    ...wrapper('<tool_call>', '</tool_call>', ['<function=']),
    ...thinking('<think>', '</think>'),
  ],
  write: {
    call: (name, parameters) => `<tool_call>\n<function=${name}>\n${parameters}</function>\n</tool_call>`,
    parameter: (key, text) => `<parameter=${key}>\n${text}\n</parameter>\n`,
  },
  promptTools: (tools) =>
    [
      '# Tools',
      '',
      'You have access to the following functions:',
      '',
      '<tools>',
      ...tools.map((tool) => JSON.stringify({ type: 'function', function: tool })),
      '</tools>',
      '',
      'To call a function, write exactly this, with one <parameter> for each argument and nothing after it:',
      '',
      '<tool_call>',
      '<function=example_function_name>',
      '<parameter=example_parameter_1>',
      'value_1',
      '</parameter>',
      '<parameter=example_parameter_2>',
      'a value that may',
      'span several lines',
      '</parameter>',
      '</function>',
      '</tool_call>',
    ].join('\n'),
})
