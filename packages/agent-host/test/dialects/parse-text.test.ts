import { describe, expect, it } from 'vitest'
import { createParser, parseText, recoverToolCalls, type OpenAITool } from '../../src/dialects/index.ts'

const tools: OpenAITool[] = [
  { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: {} } } } },
]
const written = '<tool_call>{"name": "get_weather", "arguments": {"city": "Tokyo"}}</tool_call>'
const call = {
  id: expect.stringMatching(/^call_\w{24}$/) as string,
  name: 'get_weather',
  arguments: '{"city": "Tokyo"}',
}

describe('parseText', () => {
  it('puts a text together', () => {
    expect(parseText(`<think>\nHm.\n</think>\n\nLook: ${written}`, { dialect: 'hermes', tools })).toEqual({
      content: 'Look: ',
      reasoning: 'Hm.\n',
      toolCalls: [call],
      problems: [],
    })
  })

  it('tells a problem with its raw text', () => {
    const { toolCalls, problems } = parseText(written, { dialect: 'hermes', tools: [] })
    expect(toolCalls).toEqual([])
    expect(problems).toMatchObject([{ name: 'get_weather', raw: written }])
  })

  it('takes any name where no tools are given, and finds the dialect by the model', () => {
    const text = '<|channel|>commentary to=functions.anything <|constrain|>json<|message|>{}<|call|>'
    expect(parseText(text, { model: 'openai/gpt-oss-20b' }).toolCalls).toMatchObject([
      { name: 'anything', arguments: '{}' },
    ])
    expect(parseText(text, { model: 'Qwen/Qwen3-8B' }).content).toBe(text)
    expect(parseText(text).toolCalls).toHaveLength(1)
  })

  it('runs nothing that the length cut off', () => {
    const cut = written.slice(0, -1)
    expect(parseText(cut, { tools, finishReason: 'stop' }).problems).toHaveLength(1)
    expect(parseText(written.replace('</tool_call>', ''), { tools, finishReason: 'length' }).toolCalls).toEqual([])
    expect(parseText(written.replace('</tool_call>', ''), { tools, finishReason: 'stop' }).toolCalls).toEqual([call])
  })

  it('refuses a dialect that is not there', () => {
    expect(() => parseText('', { dialect: 'klingon' })).toThrow(RangeError)
  })
})

describe('createParser', () => {
  it('says a call as one event', () => {
    const parser = createParser({ dialect: 'hermes', tools })
    const events = written.split('').flatMap((char) => parser.push(char))
    expect([...events, ...parser.end('stop')].find((event) => event.type === 'tool-call')).toMatchObject(call)
  })
})

function completion(message: object, finish_reason = 'stop') {
  return {
    id: 'chat-1',
    model: 'Qwen/Qwen3-8B',
    choices: [{ index: 0, finish_reason, message: { role: 'assistant', content: null, ...message } }],
  }
}

describe('recoverToolCalls', () => {
  const native = { id: 'x', type: 'function', function: { name: 'get_weather', arguments: '{}' } }
  const recovered = [{ id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } }]

  it('adds the calls and keeps the content', () => {
    const { choices, ...rest } = recoverToolCalls(completion({ content: written }), tools)
    expect(rest).toEqual({ id: 'chat-1', model: 'Qwen/Qwen3-8B' })
    expect(choices).toEqual([
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: { role: 'assistant', content: written, tool_calls: recovered },
      },
    ])
  })

  it('finds calls that were made in the reasoning', () => {
    const { choices } = recoverToolCalls(completion({ reasoning_content: `So: ${written}`, content: '' }), tools)
    expect(choices[0]?.message).toMatchObject({ tool_calls: recovered })
  })

  it('leaves native calls and plain answers alone', () => {
    for (const message of [{ content: written, tool_calls: [native] }, { content: 'Hello' }]) {
      expect(recoverToolCalls(completion(message), tools)).toEqual(completion(message))
    }
  })

  it('recovers nothing from an answer that was cut off', () => {
    const cut = completion({ content: written.replace('</tool_call>', '') }, 'length')
    expect(recoverToolCalls(cut, tools)).toEqual(cut)
  })
})
