import { describe, expect, test } from 'vitest'
import { assembleWhole } from '../../../support/chat-stream.ts'
import { callEcho, callWeather, hello, useAgent, weather } from './use-agent.ts'

const agent = useAgent()

test('a call of a client tool comes back to the steps before it', async () => {
  agent.fake.script(
    { toolCalls: [callEcho('first')] },
    { text: 'And the weather?', toolCalls: [callEcho('second', 'e2'), callWeather] },
    { text: 'Sunny.' },
  )
  const first = await agent.post({ tools: [weather], parallel_tool_calls: true })
  const [choice] = assembleWhole(first.body)
  expect(choice).toMatchObject({
    finish_reason: 'tool_calls',
    tool_calls: [{ name: 'weather', arguments: '{"city":"서울"}' }],
  })
  const { message } = (first.body.choices as { message: Record<string, unknown> }[])[0] ?? {}
  const id = choice?.tool_calls[0]?.id
  expect(id).not.toBe('w1')
  const second = await agent.post({
    tools: [weather],
    messages: [...hello, message, { role: 'tool', tool_call_id: id, content: 'sun' }],
  })
  expect(assembleWhole(second.body)[0]).toMatchObject({ content: 'Sunny.', finish_reason: 'stop' })
  expect(agent.lastMessages()).toMatchObject([
    { role: 'user', content: 'Hello' },
    { role: 'assistant', tool_calls: [{ id: 'e1' }] },
    { role: 'tool', tool_call_id: 'e1', content: 'first' },
    { role: 'assistant', content: 'And the weather?', tool_calls: [{ id: 'e2' }, { id: 'w1' }] },
    { role: 'tool', tool_call_id: 'e2', content: 'second' },
    { role: 'tool', tool_call_id: 'w1', content: 'sun' },
  ])
})

describe('client tools', () => {
  test('stand before tools here with the same name', async () => {
    agent.fake.script({ toolCalls: [callEcho('x')] })
    const echo = { type: 'function', function: { name: 'echo', description: 'mine', parameters: { type: 'object' } } }
    const { body } = await agent.post({ tools: [echo] })
    expect(assembleWhole(body)[0]).toMatchObject({ finish_reason: 'tool_calls', tool_calls: [{ name: 'echo' }] })
    const offered = agent.fake.chats[0]?.body.tools as { function: { name: string; description?: string } }[]
    expect(offered.filter((tool) => tool.function.name === 'echo')).toEqual([echo])
    expect(offered.map((tool) => tool.function.name)).toContain('fail')
  })

  test('keep their ids apart from those of other conversations', async () => {
    const script = [{ toolCalls: [callEcho('for one')] }, { toolCalls: [callWeather] }]
    agent.fake.script(
      ...script,
      { toolCalls: [callEcho('for two')] },
      { toolCalls: [callWeather] },
      { text: 'Yes.' },
      { text: 'No.' },
    )
    const one = await callAndAnswer([weather])
    const two = await callAndAnswer([weather])
    await agent.post({ tools: [weather], messages: one })
    expect(JSON.stringify(agent.lastMessages())).toContain('for one')
    expect(JSON.stringify(agent.lastMessages())).not.toContain('for two')
    await agent.post({ tools: [weather], messages: two })
    expect(JSON.stringify(agent.lastMessages())).not.toContain('for one')
  })

  test('go on over several calls, and later in the conversation', async () => {
    agent.fake.script({ toolCalls: [callEcho('a')] }, { toolCalls: [callWeather] })
    const steps = ['assistant', 'tool', 'assistant', 'tool']
    const first = await callAndAnswer([weather])
    agent.fake.script({ toolCalls: [callEcho('b', 'e2')] }, { toolCalls: [{ ...callWeather, id: 'w2' }] })
    const second = await callAndAnswer([weather], { messages: first })
    agent.fake.script({ text: 'Sunny.' })
    await agent.post({
      tools: [weather],
      messages: [...first, ...second.slice(1), { role: 'assistant', content: 'Sunny.' }, ...hello],
    })
    expect(agent.lastMessages().map(({ role }) => role)).toEqual(['user', ...steps, ...steps, 'assistant', 'user'])
  })

  test('whose calls come back one by one bring their steps back once', async () => {
    agent.fake.script(
      { toolCalls: [callEcho('a')] },
      { text: 'Both.', toolCalls: [callWeather, { ...callWeather, id: 'w2' }] },
      { text: 'Ok.' },
    )
    const [user, message, ...results] = await callAndAnswer([weather])
    const calls = message?.tool_calls as unknown[]
    const apart = calls.flatMap((call, i) => [{ role: 'assistant', content: null, tool_calls: [call] }, results[i]])
    await agent.post({ tools: [weather], messages: [user, ...apart] })
    expect(agent.lastMessages()).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'e1' }] },
      { role: 'tool', tool_call_id: 'e1' },
      { role: 'assistant', content: 'Both.', tool_calls: [{ id: 'w1' }, { id: 'w2' }] },
      { role: 'tool', tool_call_id: 'w1', content: expect.stringMatching(/^for call_/) as string },
      { role: 'tool', tool_call_id: 'w2' },
    ])
  })

  test('go on with what the client saw where the steps are not kept any more', async () => {
    agent.fake.script({ text: 'Ok.' })
    const call = { id: 'call_gone', type: 'function', function: { name: 'weather', arguments: '{}' } }
    const said = { role: 'assistant', content: 'Look:', reasoning: '> echo {}', tool_calls: [call] }
    const { status } = await agent.post({
      tools: [weather],
      messages: [...hello, said, { role: 'tool', tool_call_id: 'call_gone', content: 'sun' }],
    })
    expect(status).toBe(200)
    expect(agent.lastMessages()).toEqual([
      ...hello,
      { role: 'assistant', content: 'Look:', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_gone', content: 'sun' },
    ])
  })

  test('that nobody answered are told to the model as not made', async () => {
    agent.fake.script({ toolCalls: [callWeather] }, { text: 'Ok.' })
    const [user, message] = await callAndAnswer([weather])
    await agent.post({ messages: [user, message, { role: 'user', content: 'Never mind.' }] })
    expect(agent.lastMessages().slice(-2)).toEqual([
      { role: 'tool', tool_call_id: 'w1', content: expect.stringMatching(/not made/) as string },
      { role: 'user', content: 'Never mind.' },
    ])
  })
})

/** The conversation with the calls that the client was left, and its results. */
async function callAndAnswer(tools: unknown[], more: object = {}): Promise<Record<string, unknown>[]> {
  const { body } = await agent.post({ tools, ...more })
  const { message } = (body.choices as { message: { tool_calls: { id: string }[] } }[])[0] ?? {}
  const results = message?.tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: `for ${id}` })) ?? []
  return [...hello, { ...message }, ...results]
}
