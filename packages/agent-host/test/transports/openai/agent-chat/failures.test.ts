import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { assembleStream } from '../../../support/chat-stream.ts'
import { callEcho, hello, useAgent, weather } from './use-agent.ts'

const agent = useAgent()

describe('failures', () => {
  test.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'narrator', content: 'x' }] }, 'messages'],
    [{ n: 2 }, 'n'],
    [{ functions: [] }, 'functions'],
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].type'],
    [{ tools: [weather, weather] }, 'tools[1].function.name'],
    [{ agent: { tool_activity: 'loud' } }, 'agent.tool_activity'],
    [{ temperature: 3 }, 'temperature'],
  ])('%j is refused, and names the field', async (more, param) => {
    const { status, body } = await agent.post(more)
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: { type: 'invalid_request_error', param, code: 'invalid_request' } })
    expect(agent.fake.chats).toEqual([])
  })

  test.each([
    [400, 400, 'model_failed', 'no such field'],
    [400, 400, 'context_length_exceeded', 'the prompt is too long'],
    [429, 429, 'model_failed', 'slow down'],
    [401, 502, 'model_failed', 'no key'],
    [500, 502, 'model_failed', 'out of memory'],
  ])('a %i of the model server before it said anything is a %i, %s', async (given, told, code, message) => {
    for (const stream of [true, false]) {
      agent.fake.script({ status: given, message, times: 10 })
      const { status, body } = await agent.post({ stream })
      expect(status).toBe(told)
      const error = { message: expect.stringContaining(message) as string, code }
      expect(body).toMatchObject({ error })
    }
  })

  test('a tool that a person has to approve cannot run, which is said', async () => {
    await using asking = await agent.openAnother({ approvals: { echo: 'ask' } })
    agent.fake.script({ toolCalls: [callEcho('x')] })
    const client = new OpenAI({ baseURL: `${asking.url}/v1`, apiKey: 'k', maxRetries: 0 })
    const answer = client.chat.completions.create({ model: 'agent', messages: [{ role: 'user', content: 'Hi' }] })
    await expect(answer).rejects.toThrow('501 echo runs only once a person has approved it')
  })

  test('in the middle of a stream are an error event, and what had arrived stays', async () => {
    agent.fake.script(
      { toolCalls: [callEcho('x')] },
      { text: 'a long answer', split: 1, fault: { kind: 'drop', after: 4 } },
    )
    const { status, text } = await agent.post({ stream: true })
    const stream = assembleStream(text)
    expect(status).toBe(200)
    expect(stream.choices[0]?.content).toMatch(/^a l/)
    expect(stream.choices[0]?.finish_reason).toBeNull()
    expect(stream.error).toMatchObject({ type: 'upstream_error' })
    expect(stream.done).toBe(true)
  })

  test('a run that made as many turns as it may is cut short, and says why', async () => {
    await using short = await agent.openAnother({ maxSteps: 1 })
    agent.fake.script({ text: 'Let me see.', toolCalls: [callEcho('x')] })
    const client = new OpenAI({ baseURL: `${short.url}/v1`, apiKey: 'k' })
    const answer = await client.chat.completions.create({ model: 'agent', messages: [{ role: 'user', content: 'Hi' }] })
    expect(answer).toMatchObject({
      choices: [{ finish_reason: 'length', message: { content: 'Let me see.' } }],
      agent_host: { run_end: 'step-limit', steps: 1 },
    })
  })

  test.each([true, false])('a client that leaves ends the run at the model server (stream: %s)', async (stream) => {
    agent.fake.script({ text: 'a long answer', split: 1, fault: { kind: 'stall', after: 3 } })
    const client = new AbortController()
    const answer = fetch(`${agent.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'agent', messages: hello, stream }),
      signal: client.signal,
    }).then((response) => response.text())
    const upstream = await agent.fake.received(agent.fake.requests.length + 1)
    client.abort()
    await expect(answer).rejects.toThrow('aborted')
    await upstream.closed
    expect(upstream.aborted).toBe(true)
  })
})
