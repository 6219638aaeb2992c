import { defineDsmlDialect } from './engine/dsml-dialect.ts'

/** `<｜DSML｜function_calls><｜DSML｜invoke name="NAME">…`: DeepSeek-V3.2. */
export const deepseekV32 = defineDsmlDialect({
  name: 'deepseek_v32',
  aliases: ['deepseekv32'],
  families: 'DeepSeek V3.2',
  models: [/deepseek-?v3\.?2/],
  outer: 'function_calls',
})
