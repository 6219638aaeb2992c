import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { findDialect } from '../../src/dialects/registry.ts'
import { fixtures } from './fixtures.ts'
import { readTurn, summarise, toolSpec } from './read-turn.ts'

const auto = findDialect('auto') as Dialect
const tools = [toolSpec('get_weather', { city: { type: 'string' } })]

/** Dialects that share markers with each other: `<tool_call>`, `<function=`, `<tool_calls>`, `<invoke name=`. */
const taggers = new Set([
  'hermes',
  'qwen3_coder',
  'seed_oss',
  'glm45',
  'glm47',
  'poolside_v1',
  'hy_v3',
  'solar_open2',
  'minimax_m2',
  'minimax_m3',
  'claude',
  'deepseek_v32',
  'deepseek_v4',
  'step3',
  'minicpm5',
  'kimi_k3',
])

describe('auto tells dialects apart that share their markers', () => {
  const tagged = fixtures.filter(({ dialect }) => taggers.has(dialect))

  it.each(tagged)('$dialect: $name', ({ input, tools: offered, expected, options }) => {
    const { problems, ...rest } = summarise(readTurn(auto, [input], { tools: offered, ...options }))
    expect(rest).toEqual({ content: expected.content, reasoning: expected.reasoning, calls: expected.calls })
    expect(problems.map(({ raw }) => raw)).toEqual(expected.problems.map(({ raw }) => raw))
  })
})

const ordinary = {
  html: 'Use `<function>` or <function> in HTML? There is <invoke>, <param name="x">, <parameter> and </function>.',
  'a tag of another tool': 'He wrote <function=print> and <invoke name="print"> once, and <function name="print">.',
  'talk about a tag': 'The <tool_call> tag opens a call; </tool_call> ends it. See <tool_calls> and <think>.',
  'a fence':
    '```xml\n<tool_call>\n<function=get_weather>\n<parameter=city>\nx\n</parameter>\n</function>\n</tool_call>\n```\n',
  'a fence of another':
    'So:\n```\n<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>x</arg_value>\n</tool_call>\n```',
  'a fence of invocations':
    '~~~\nno\n~~~\n```\n<invoke name="get_weather">\n<parameter name="city">x</parameter>\n</invoke>\n```',
  generics: 'Map<string, Array<function>> and a<b, x<tool_call, y<arg_key>z</arg_key>',
  'a command line': 'cat <input >output; test 1 -lt 2 && echo "<function=get_weather>"',
}

describe('auto leaves ordinary text alone', () => {
  it.each(Object.entries(ordinary))('%s', (_, text) => {
    const { content, calls, problems } = summarise(readTurn(auto, text.split(''), { tools }))
    expect({ content, calls, problems }).toEqual({ content: text, calls: [], problems: [] })
  })
})
