import { invokeTags, invokeWriting } from './engine/invoke-tags.ts'
import { defineTagDialect, tagOpeners, wrapper } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'

const open = '<minimax:tool_call>'
const close = '</minimax:tool_call>'
const call = '<invoke name='

/** `<minimax:tool_call><invoke name="NAME"><parameter name="KEY">…</parameter></invoke></minimax:tool_call>`. */
export const minimaxM2 = defineTagDialect({
  name: 'minimax_m2',
  aliases: ['minimax-m2'],
  families: 'MiniMax-M2, M2.1 and M2.5',
  models: [/minimax-?m2/],
  openers: [
    ...tagOpeners({ rules: { ...invokeTags(''), after: [open, close, call] }, open: [call] }),
    ...wrapper(open, close, [call], true),
    ...thinking('<think>', '</think>'),
  ],
  write: { ...invokeWriting('', '\n'), around: [`${open}\n`, '\n', `\n${close}`] },
})
