import { describe, expect, test } from 'vitest'
import { assembleStream } from '../../../support/chat-stream.ts'
import { callEcho, hello, useAgent } from './use-agent.ts'

const agent = useAgent()

describe('tool activity', () => {
  const script = [{ toolCalls: [callEcho('hi')] }, { text: 'Done.' }]

  test('can be calls with their results, which a later request brings back', async () => {
    agent.fake.script(...script, ...script, { text: 'Again.' })
    const asCalls = { agent: { tool_activity: 'tool_calls' } }
    const { body } = await agent.post(asCalls)
    const { message, finish_reason } =
      (body.choices as { message: Record<string, unknown>; finish_reason: string }[])[0] ?? {}
    expect(finish_reason).toBe('stop')
    expect(message).toMatchObject({
      content: 'Done.',
      tool_calls: [
        {
          type: 'function',
          function: { name: 'echo', arguments: '{"text":"hi"}' },
          result: { content: 'hi', is_error: false, duration_ms: expect.any(Number) as number },
        },
      ],
    })
    expect(message).not.toHaveProperty('reasoning')
    const streamed = assembleStream((await agent.post({ ...asCalls, stream: true })).text)
    expect(streamed.choices).toMatchObject([
      { content: 'Done.', tool_calls: [{ name: 'echo', arguments: '{"text":"hi"}' }] },
    ])

    await agent.post({ messages: [...hello, message, ...hello] })
    const steps = [
      { role: 'assistant', tool_calls: [{ id: 'e1' }] },
      { role: 'tool', tool_call_id: 'e1', content: 'hi' },
    ]
    expect(agent.lastMessages()).toMatchObject([...hello, ...steps, { role: 'assistant', content: 'Done.' }, ...hello])
  })

  test('as calls with results says enough even where the steps are not kept', async () => {
    agent.fake.script({ text: 'Ok.' })
    const made = { id: 'gone', type: 'function', function: { name: 'echo', arguments: '{}' } }
    const result = { content: 'hi', is_error: false }
    const said = { role: 'assistant', content: 'Done.', tool_calls: [{ ...made, result }] }
    await agent.post({ messages: [...hello, said, ...hello] })
    expect(agent.lastMessages()).toEqual([
      ...hello,
      { role: 'assistant', content: expect.anything() as unknown, tool_calls: [made] },
      { role: 'tool', tool_call_id: 'gone', content: 'hi' },
      { role: 'assistant', content: 'Done.' },
      ...hello,
    ])
  })

  test('can be none, by the service or by the request', async () => {
    await using quiet = await agent.openAnother({ toolActivity: 'none' })
    const ask = async (url: string, more: object): Promise<unknown> => {
      agent.fake.script(...script)
      const { body } = await agent.post(more, url)
      return (body.choices as { message: unknown }[])[0]?.message
    }
    const plain = { role: 'assistant', content: 'Done.', refusal: null }
    expect(await ask(quiet.url, {})).toEqual(plain)
    expect(await ask(agent.url, { agent: { tool_activity: 'none' } })).toEqual(plain)
    const shown = await ask(quiet.url, { agent: { tool_activity: 'reasoning' } })
    expect(shown).toMatchObject({ reasoning: '> echo {"text":"hi"}\n< echo: hi\n' })
  })
})
