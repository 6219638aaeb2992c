import { invokeTags, invokeWriting } from './engine/invoke-tags.ts'
import { defineTagDialect, tagOpeners } from './engine/tag-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

const prefix = 'steptml:'
const begin = '<｜tool_calls_begin｜>'
const end = '<｜tool_calls_end｜>'
const callBegin = '<｜tool_call_begin｜>'
const callEnd = '<｜tool_call_end｜>'
const separator = '<｜tool_sep｜>'
const call = `<${prefix}invoke name=`

/**
 * `<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name="NAME">…</steptml:invoke><｜tool_call_end｜>`: Step-3. The
 * separator is also seen between two calls, and `function` is also seen missing.
 */
export const step3 = defineTagDialect({
  name: 'step3',
  families: 'StepFun Step-3',
  models: [/step-?3(?![.p]\d)(?!\d)/],
  openers: [
    ...tagOpeners({
      rules: { ...invokeTags(prefix), after: [callEnd, end, separator, callBegin, call] },
      open: [call],
      special: true,
    }),
    ...framing(begin, `${callBegin}function${separator}`, callBegin, separator, callEnd, end),
    ...thinking('<think>', '</think>'),
  ],
  write: {
    call: (name, parameters) =>
      `${callBegin}function${separator}${invokeWriting(prefix, '').call(name, parameters)}${callEnd}`,
    parameter: invokeWriting(prefix, '').parameter,
    around: [begin, '', end],
  },
})
