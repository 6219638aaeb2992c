import { describe, expect, it } from 'vitest'
import { parseText } from '../../src/dialects/parse-text.ts'
import { findDialect } from '../../src/dialects/registry.ts'

const calls = [
  { id: 'call-0', name: 'get_weather', arguments: '{"city": "Tokyo"}' },
  { id: 'call-1', name: 'get_time', arguments: '{"timezone": "Asia/Tokyo"}' },
]

describe('Python calls', () => {
  it.each([
    ['pythonic', "[get_weather(city='Tokyo'), get_time(timezone='Asia/Tokyo')]"],
    ['llama4_pythonic', "<|python_start|>[get_weather(city='Tokyo'), get_time(timezone='Asia/Tokyo')]<|python_end|>"],
    ['olmo3', "<function_calls>get_weather(city='Tokyo')\nget_time(timezone='Asia/Tokyo')</function_calls>"],
    ['lfm2', '<|tool_call_start|>[get_weather(city="Tokyo"), get_time(timezone="Asia/Tokyo")]<|tool_call_end|>'],
  ])('%s writes them as the model does', (name, text) => {
    expect(findDialect(name)?.write(calls)).toBe(text)
  })

  it('writes Python where JSON differs from it', () => {
    const json = String.raw`{"big": 12345678901234567890, "t": true, "n": null, "s": "it's \"x\"\n\\", "two words": [{}]}`
    const written = findDialect('pythonic')?.write([{ id: 'call-0', name: 'f', arguments: json }])
    expect(written).toBe(
      String.raw`[f(**{'big': 12345678901234567890, 't': True, 'n': None, 's': 'it\'s "x"\n\\', 'two words': [{}]})]`,
    )
  })

  it.each([
    ['[Button](x)', 0],
    ['[f(x) for x in y]', 0],
    ["[print('x')]", 0],
    ['[f(a==1)]', 0],
    ["[f(a='x')]", 1],
    ['[f()]', 1],
    ["[f(**{'a b': 1})]", 1],
  ])('takes any name where the tools are not known, but only what looks like a call: %s', (text, count) => {
    const { content, toolCalls } = parseText(text, { dialect: 'pythonic' })
    expect(toolCalls.length).toBe(count)
    expect(content).toBe(count === 0 ? text : '')
  })

  it.each([
    ['0x1F', '31'],
    ['-0b101', '-5'],
    ['+5', '5'],
    ['5.', '5.0'],
    ['-.5e3', '-0.5e3'],
    ['1_000_000', '1000000'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ["u'x'", '"x"'],
    [String.raw`'\101\x41\t\v'`, String.raw`"AA\t\u000b"`],
    [String.raw`'\d'`, String.raw`"\\d"`],
    ["'a\\\nb'", '"ab"'],
    ["''", '""'],
    ["''''''", '""'],
    ['(1,)', '[1]'],
    ['()', '[]'],
    ['{1: None}', '{"1": null}'],
  ])('reads %s as %s', (python, json) => {
    expect(parseText(`[f(a=${python})]`, { dialect: 'pythonic' }).toolCalls[0]?.arguments).toBe(`{"a": ${json}}`)
  })

  it.each([
    '007',
    '1__0',
    '_1',
    '1j',
    'nan',
    '.',
    "f'x'",
    '{1, 2}',
    "'\\x4'",
    "'\\ud8'",
    "'\\U00110000'",
    '[1)',
    '1 2',
  ])('does not guess what %s means', (python) => {
    const { toolCalls, problems } = parseText(`[f(a=${python})]`, { dialect: 'pythonic' })
    expect(toolCalls).toEqual([])
    expect(problems[0]?.problem).toContain('The call is not valid Python')
  })
})
