import fc from 'fast-check'
import type { ToolCall } from '../../src/core/tool.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { callsWith, value } from './texts.ts'

/**
 * What a string cannot hold where a dialect writes it as it is: the format has no escape for what may end it. The laws
 * leave these out; that most of them are data where the wrong thing follows is tested by fixtures.
 */
export const endsOfStrings: Readonly<Record<string, readonly string[]>> = {
  qwen3_coder: ['</parameter>', '<parameter=', '</function>'],
  seed_oss: ['</parameter>', '<parameter=', '</function>'],
  minimax_m2: ['</parameter>', '<parameter', '</invoke>'],
  claude: ['</parameter>', '<parameter', '</invoke>'],
  deepseek_v32: ['</｜DSML｜parameter>', '<｜DSML｜parameter', '</｜DSML｜invoke>'],
  deepseek_v4: ['</｜DSML｜parameter>', '<｜DSML｜parameter', '</｜DSML｜invoke>'],
  step3: ['</steptml:parameter>', '<steptml:parameter', '</steptml:invoke>'],
  minicpm5: [']]>'],
  glm45: ['</arg_value>', '<arg_key>', '</tool_call>'],
  glm47: ['</arg_value>', '<arg_key>', '</tool_call>'],
  poolside_v1: ['</arg_value>', '<arg_key>', '</tool_call>'],
  hy_v3: ['</arg_value', '<arg_key', '</tool_call>'],
  solar_open2: ['<|tool_arg:end|>', '<|tool_arg:start|>', '<|tool_call:end|>'],
  kimi_k3: ['<|close|>argument<|sep|>', '<|open|>argument', '<|close|>call<|sep|>'],
  minimax_m3: [']<]minimax[>['],
}

/** A parameter's name stands in a tag, so it is a word. */
const plainKey = fc.oneof(fc.stringMatching(/^[a-zA-Z_][\w-]{0,12}$/), fc.constantFrom('도시', 'größe', '__proto__'))

/** Calls that a dialect can write: any, or those that raw text can carry. */
export function callsOf({ name }: Dialect): fc.Arbitrary<ToolCall[]> {
  const ends = endsOfStrings[name]
  if (!ends) return callsWith()
  const fits = (text: string) => !ends.some((end) => text.includes(end))
  const values = value.filter((one) => typeof one !== 'string' || fits(one))
  // Two calls of one tool could give a parameter two types, of which no one schema tells which is meant.
  return callsWith(plainKey, values).map((list) => [...new Map(list.map((call) => [call.name, call])).values()])
}
