import { describe, expect, it } from 'vitest'
import { type OpenAITool, createParser, findDialect, parseText, recoverToolCalls } from '../../src/dialects/index.ts'

const tools: OpenAITool[] = ['get_weather', 'get_time'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { [name === 'get_time' ? 'timezone' : 'city']: {} } } },
}))
const args = '{"city": "Tokyo"}'

function idsOf(dialect: string, text: string, firstCallIndex = 0): string[] {
  const { toolCalls, problems } = parseText(text, { dialect, tools, firstCallIndex })
  expect(problems).toEqual([])
  return toolCalls.map(({ id }) => id)
}

function kimi(...ids: readonly string[]): string {
  const calls = ids.map((id) => `<|tool_call_begin|>${id}<|tool_call_argument_begin|>${args}<|tool_call_end|>`)
  return `<|tool_calls_section_begin|>${calls.join('')}<|tool_calls_section_end|>`
}

function write(dialect: string, id: string): string | undefined {
  return findDialect(dialect)?.write([{ id, name: 'get_weather', arguments: args }])
}

describe('ids that the model wrote', () => {
  it.each(['functions.get_weather:0', 'functions.get_weather:17', 'get_weather:0', '0', '23'])(
    'Kimi keeps %s',
    (id) => {
      expect(idsOf('kimi_k2', kimi(id))).toEqual([id])
    },
  )

  it.each([
    `[TOOL_CALLS]get_weather[CALL_ID]abcdefgh1[ARGS]${args}`,
    `[TOOL_CALLS] [{"name": "get_weather", "id": "abcdefgh1", "arguments": ${args}}]`,
    `[TOOL_CALLS] [{"id": "abcdefgh1", "name": "get_weather", "arguments": ${args}}]`,
    `[TOOL_CALLS] [{"arguments": ${args}, "name": "get_weather", "id": "abcdefgh1"}]`,
  ])('Mistral keeps the one in %s', (text) => {
    expect(idsOf('mistral', text)).toEqual(['abcdefgh1'])
    expect(idsOf('auto', text)).toEqual(['abcdefgh1'])
  })

  it('Cohere keeps its numbers', () => {
    const calls = ['4', '5'].map((id) => `{"tool_call_id": "${id}", "tool_name": "get_weather", "parameters": ${args}}`)
    const text = `<|START_ACTION|>[${calls.join(', ')}]<|END_ACTION|>`
    expect(idsOf('cohere_command3', text)).toEqual(['4', '5'])
  })

  it('bare JSON keeps the one of a whole call', () => {
    const text = `{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": ${args}}}`
    expect(idsOf('bare-json', text)).toEqual(['call_1'])
    expect(idsOf('llama3_json', `So: ${text}`)).toEqual(['call_1'])
  })

  it('is the same from the first event of the call to its last', () => {
    const parser = createParser({ dialect: 'mistral', tools })
    const text = `[TOOL_CALLS] [{"name": "get_weather", "id": "abcdefgh1", "arguments": ${args}}]`
    const events = [...text.split('').flatMap((char) => parser.push(char)), ...parser.end()]
    expect(events.flatMap((event) => ('id' in event ? [event.id] : []))).toEqual(['abcdefgh1', 'abcdefgh1'])
  })

  it('comes too late once the arguments have left', () => {
    const text = `[TOOL_CALLS] [{"name": "get_weather", "arguments": ${args}, "id": "abcdefgh1"}]`
    expect(idsOf('mistral', text)).toEqual([expect.stringMatching(/^(?!abcdefgh1)[a-zA-Z0-9]{9}$/)])
  })

  it('names one call alone', () => {
    expect(idsOf('kimi_k2', kimi('functions.get_weather:1', 'functions.get_weather:1'))).toEqual([
      'functions.get_weather:1',
      'functions.get_weather:2',
    ])
  })

  it('is replaced where no server would take it back', () => {
    const text = `{"name": "get_weather", "id": "a b", "arguments": ${args}}`
    expect(idsOf('bare-json', text)).toEqual([expect.stringMatching(/^call_\w{24}$/)])
  })
})

describe('ids that the model did not write', () => {
  it('are nine characters for Mistral, each its own', () => {
    const ids = idsOf('mistral', `[TOOL_CALLS]get_weather[ARGS]${args}[TOOL_CALLS]get_weather[ARGS]${args}`)
    expect(ids).toEqual([expect.stringMatching(/^[a-zA-Z0-9]{9}$/), expect.stringMatching(/^[a-zA-Z0-9]{9}$/)])
    expect(ids[0]).not.toBe(ids[1])
  })

  it('count over the conversation for Kimi, whatever form its calls took', () => {
    const bare = `[{"name": "get_weather", "arguments": ${args}}, {"name": "get_time", "arguments": {}}]`
    expect(idsOf('kimi_k2', bare, 3)).toEqual(['functions.get_weather:3', 'functions.get_time:4'])
  })

  it("go on from the reasoning's calls in a whole completion", () => {
    const call = `{"name": "get_weather", "arguments": ${args}}`
    const message = { reasoning_content: `Hm.</think>${call}`, content: call }
    const { choices } = recoverToolCalls({ model: 'moonshotai/Kimi-K2', choices: [{ message }] }, tools)
    expect(choices[0]?.message).toMatchObject({
      tool_calls: [{ id: 'functions.get_weather:0' }, { id: 'functions.get_weather:1' }],
    })
  })

  it('are like those of OpenAI elsewhere', () => {
    const text = `<tool_call>{"name": "get_weather", "arguments": ${args}}</tool_call>`
    expect(idsOf('hermes', text)).toEqual([expect.stringMatching(/^call_\w{24}$/)])
  })
})

describe('write', () => {
  it.each([
    ['kimi_k2', 'functions.get_weather:7', '<|tool_call_begin|>functions.get_weather:7<'],
    ['kimi_k2', 'get_weather:7', '<|tool_call_begin|>get_weather:7<'],
    ['kimi_k2', '7', '<|tool_call_begin|>functions.get_weather:7<'],
    ['kimi_k2', 'functions.get_time:7', '<|tool_call_begin|>functions.get_weather:0<'],
    ['kimi_k2', 'call_1f', '<|tool_call_begin|>functions.get_weather:0<'],
    ['mistral', 'abcdefgh1', '[TOOL_CALLS]get_weather[CALL_ID]abcdefgh1[ARGS]{'],
    ['mistral', 'call_1f', '[TOOL_CALLS]get_weather[ARGS]{'],
    ['cohere_command3', '7', '"tool_call_id": "7"'],
    ['cohere_command3', 'call_1f', '"tool_call_id": "call_1f"'],
  ])('%s puts %s where ids stand', (dialect, id, part) => {
    expect(write(dialect, id)).toContain(part)
  })
})
