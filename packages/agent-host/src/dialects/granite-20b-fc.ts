import { defineJsonDialect } from './engine/json-dialect.ts'

/**
 * `<function_call> {…}`: IBM Granite-20B-FunctionCalling. There is no closer, so a whole object is closed by a line break,
 * a word after a blank, the next call or the end of the message.
 */
export const granite20bFc = defineJsonDialect({
  name: 'granite-20b-fc',
  families: 'IBM Granite-20B-FunctionCalling',
  models: [/granite-20b-functioncalling/],
  open: ['<function_call>'],
  several: 'each',
  space: ' ',
})
