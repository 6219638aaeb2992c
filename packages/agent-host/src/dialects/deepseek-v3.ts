import type { ToolCall } from '../core/tool.ts'
import type { Dialect } from './dialect.ts'
import { defineNamedDialect } from './engine/named-dialect.ts'
import { framing, thinking } from './engine/thinking.ts'

const open = '<｜tool▁call▁begin｜>'
const separator = '<｜tool▁sep｜>'
const close = '<｜tool▁call▁end｜>'

/** DeepSeek V3 writes a type, a name and a fence, V3.1 only the name; each reads the other's. */
function defineDeepSeek(
  name: string,
  alias: string,
  families: string,
  models: readonly RegExp[],
  before: string,
  between: string,
  after: string,
): Dialect {
  const writeOne = (call: ToolCall) => `${open}${before}${call.name}${between}${call.arguments || '{}'}${after}${close}`
  return defineNamedDialect({
    name,
    aliases: [alias],
    families,
    models,
    open,
    close: [close, `\`\`\`${close}`],
    header: /^\s*(?:function<｜tool▁sep｜>)?(?<name>[^\s<`]+)\s*(?:<｜tool▁sep｜>)?\s*(?:```(?:json)?\s*)?$/,
    others: [...thinking('<think>', '</think>'), ...framing('<｜tool▁calls▁begin｜>', '<｜tool▁calls▁end｜>')],
    write: (calls) => `<｜tool▁calls▁begin｜>${calls.map((call) => writeOne(call)).join('\n')}<｜tool▁calls▁end｜>`,
  })
}

/** `function<｜tool▁sep｜>NAME` and fenced JSON: DeepSeek V3-0324 and R1-0528. */
export const deepSeekV3 = defineDeepSeek(
  'deepseek_v3',
  'deepseekv3',
  'DeepSeek V3 of March 2025 and R1 of May 2025',
  [/^(?!.*(?:qwen|llama)).*deepseek-?(?:v3(?![.\d])|r1-0528)/],
  `function${separator}`,
  '\n```json\n',
  '\n```',
)

/** `NAME<｜tool▁sep｜>{…}`: DeepSeek V3.1. */
export const deepSeekV31 = defineDeepSeek(
  'deepseek_v31',
  'deepseekv31',
  'DeepSeek V3.1',
  [/deepseek-?v3\.1/],
  '',
  separator,
  '',
)
