import { invokeTags, invokeWriting } from './engine/invoke-tags.ts'
import { defineTagDialect, wrapper } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'

const open = '<minimax:tool_call>'
const close = '</minimax:tool_call>'
const call = '<invoke name='

/** `<minimax:tool_call><invoke name="NAME"><parameter name="KEY">…</parameter></invoke></minimax:tool_call>`. */
export const minimaxM2 = defineTagDialect({
  name: 'minimax_m2',
  aliases: ['minimax-m2'],
  models: [/minimax-?m2/],
  rules: { ...invokeTags(''), after: [open, close, call] },
  open: [call],
  others: [...wrapper(open, close, [call], true), ...thinking('<think>', '</think>')],
  write: { ...invokeWriting('', '\n'), around: [`${open}\n`, '\n', `\n${close}`] },
})
