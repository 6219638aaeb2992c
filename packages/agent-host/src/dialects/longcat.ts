import { defineJsonDialect } from './engine/json-dialect.ts'
import { thinking } from './engine/thinking.ts'

/** `<longcat_tool_call>{…}</longcat_tool_call>`: Meituan LongCat-Flash. */
export const longcat = defineJsonDialect({
  name: 'longcat',
  families: 'Meituan LongCat-Flash',
  models: [/longcat/],
  open: ['<longcat_tool_call>'],
  close: ['</longcat_tool_call>'],
  several: 'each',
  others: thinking('<longcat_think>', '</longcat_think>'),
})
