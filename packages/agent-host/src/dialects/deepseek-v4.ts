import { defineDsmlDialect } from './engine/dsml-dialect.ts'

/** `<｜DSML｜tool_calls><｜DSML｜invoke name="NAME">…`: DeepSeek-V4. */
export const deepseekV4 = defineDsmlDialect({
  name: 'deepseek_v4',
  aliases: ['deepseekv4'],
  families: 'DeepSeek V4, V4.1 and V4-Flash',
  models: [/deepseek-?v4/],
  outer: 'tool_calls',
})
