import { defineJsonDialect } from './engine/json-dialect.ts'

/** `<function_call> {…}` without a closer: IBM Granite-20B-FunctionCalling. */
export const granite20bFc = defineJsonDialect({
  name: 'granite-20b-fc',
  models: [/granite-20b-functioncalling/],
  open: ['<function_call>'],
  several: 'each',
  space: ' ',
})
