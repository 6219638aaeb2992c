import { expect, test } from 'vitest'
import { dialects } from '../../src/dialects/registry.ts'
import { taughtDialect } from '../../src/dialects/taught-dialect.ts'

const tools = [
  {
    name: 'get_weather',
    description: 'Tells the weather.',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
]

test.each([
  ['Qwen/Qwen2.5-7B-Instruct', 'hermes', '<tool_call>'],
  ['openai/gpt-oss-20b', 'harmony', 'to=functions.'],
  ['mistralai/Mistral-Nemo-Instruct-2407', 'mistral', '[TOOL_CALLS]'],
  ['somebody/some-model', 'react', 'Action Input:'],
])('%s is taught %s', (model, name, marker) => {
  const taught = taughtDialect(model)
  expect(taught.name).toBe(name)
  const lesson = taught.promptTools(tools)
  for (const part of ['get_weather', 'Tells the weather.', '"city"', marker]) expect(lesson).toContain(part)
})

test.each(dialects.filter(({ grammar }) => grammar).map(({ name, write }) => ({ name, write })))(
  'what a model that nobody knows writes in $name by itself is read beside ReAct',
  ({ write }) => {
    const parser = taughtDialect('somebody/some-model').createParser({ tools, newId: String })
    const call = { id: '1', name: 'get_weather', arguments: '{"city":"Seoul"}' }
    const events = [...parser.push(write([call])), ...parser.end('stop')]
    const read = events.filter((event) => event.type === 'tool-call')
    expect(read.map((event) => [event.name, JSON.parse(event.arguments)])).toEqual([['get_weather', { city: 'Seoul' }]])
  },
)
