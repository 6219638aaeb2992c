import { glmOpener, glmTags } from './engine/glm-tags.ts'
import { keyValueWriting } from './engine/key-value-tags.ts'
import { defineTagDialect } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'
import { toolsBlock } from './tools-block.ts'

/** `<tool_call>NAME`, then a line for each `<arg_key>` and each `<arg_value>`: GLM-4.5 and 4.6. */
export const glm45 = defineTagDialect({
  name: 'glm45',
  aliases: ['glm'],
  families: 'GLM-4.5, 4.5-Air and 4.6',
  models: [/glm-?4\.?[56]/],
  openers: [glmOpener, ...thinking('<think>', '</think>')],
  write: keyValueWriting(glmTags, '\n'),
  promptTools: (tools) =>
    [
      toolsBlock(tools),
      'For each call, write the function name and arguments in exactly this format:',
      '<tool_call>{function-name}',
      '<arg_key>{arg-key-1}</arg_key>',
      '<arg_value>{arg-value-1}</arg_value>',
      '<arg_key>{arg-key-2}</arg_key>',
      '<arg_value>{arg-value-2}</arg_value>',
      '</tool_call>',
      'Write strings as they are and other values as JSON.',
    ].join('\n'),
})
