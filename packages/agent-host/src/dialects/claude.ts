import { invokeTags, invokeWriting } from './engine/invoke-tags.ts'
import { defineTagDialect, tagOpeners, wrapper } from './engine/tag-dialect.ts'
import { thinking } from './engine/thinking.ts'

const open = '<function_calls>'
const close = '</function_calls>'
const call = '<invoke name='

/**
 * `<function_calls><invoke name="NAME"><parameter name="KEY">…</parameter></invoke></function_calls>`, often without the
 * outer tags: what open models write that learned from Claude. Their ids name the model they were made from, so none is
 * detected.
 */
export const claude = defineTagDialect({
  name: 'claude',
  families: 'Open models distilled from Claude or merged with such',
  models: [],
  openers: [
    ...tagOpeners({ rules: { ...invokeTags(''), after: [open, close, call] }, open: [call] }),
    ...wrapper(open, close, [call]),
    ...thinking('<thinking>', '</thinking>'),
    ...thinking('<think>', '</think>'),
  ],
  write: { ...invokeWriting('', '\n'), around: [`${open}\n`, '\n', `\n${close}`] },
})
