import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AgentService, collectRun, createAgentHost, type RunResult, userMessage } from '../../src/index.ts'
import {
  type FakeModelServer,
  type FakeModelServerOptions,
  startFakeModelServer,
} from '../support/fake-model-server.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'

let bench: Workbench
beforeAll(() => {
  bench = createWorkbench()
})
afterAll(() => bench[Symbol.dispose]())

interface Opened extends AsyncDisposable {
  fake: FakeModelServer
  agent: AgentService
}

async function open(options: FakeModelServerOptions): Promise<Opened> {
  const fake = await startFakeModelServer(options)
  const settings = { baseUrl: fake.url, mcpConfig: bench.mcpConfig, logLevel: 'silent' }
  const agent = await createAgentHost({ settings, env: { ENV: 'testing' } })
  return {
    fake,
    agent,
    async [Symbol.asyncDispose]() {
      await agent.close()
      await fake.close()
    },
  }
}

async function ask(agent: AgentService, question = 'Say hello.'): Promise<RunResult> {
  return await collectRun(agent.run({ messages: [userMessage(question)] }))
}

const echoed = { name: 'echo', arguments: { text: '안녕' }, result: '안녕', is_error: false }

describe('a vLLM that answers 500 to tools', () => {
  test('is asked with functions instead, once, and remembered', async () => {
    await using opened = await open({ models: ['m'], refuse: { tools: 500 }, rendersTools: 'functions' })
    const { fake, agent } = opened
    fake.script({ functionCall: { name: 'echo', arguments: { text: '안녕' } } }, { text: 'It said 안녕.' })
    const run = await ask(agent)
    expect(run).toMatchObject({ content: 'It said 안녕.', steps: 2, finish_reason: 'answer', tool_calls: [echoed] })
    expect(fake.chats.map(({ status, body }) => [status, 'tools' in body, 'functions' in body])).toEqual([
      [500, true, false],
      [200, false, true],
      [200, false, true],
    ])
    expect(fake.chats[2]?.body.messages?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'function'])

    fake.script({ text: 'Hello.' })
    await ask(agent)
    expect(fake.chats.slice(3).map(({ status, body }) => [status, 'tools' in body])).toEqual([[200, false]])
  })
})

describe('a server that refuses tools and functions', () => {
  test('has them taught in the prompt, in the dialect of its model, and that is remembered', async () => {
    const call = '<tool_call>\n{"name": "echo", "arguments": {"text": "안녕"}}\n</tool_call>'
    await using opened = await open({ models: ['Qwen/Qwen2.5-7B-Instruct'], refuse: { tools: 500, functions: true } })
    const { fake, agent } = opened
    fake.script({ text: call, split: 4 }, { text: 'It said 안녕.' }, { text: 'Hello.' })
    const run = await ask(agent)
    expect(run).toMatchObject({ content: 'It said 안녕.', steps: 2, tool_calls: [echoed] })
    await ask(agent)
    expect(fake.chats.map(({ status, body }) => [status, 'tools' in body, 'functions' in body])).toEqual([
      [500, true, false],
      [400, false, true],
      [200, false, false],
      [200, false, false],
      [200, false, false],
    ])
    const [system, , assistant, result] = fake.chats[3]?.body.messages ?? []
    expect(system?.content).toContain('"name":"echo"')
    expect(assistant).toEqual({ role: 'assistant', content: call })
    expect(result).toMatchObject({ role: 'user', content: expect.stringContaining('안녕') as string })
  })

  test.each([
    ['ReAct', 'Thought: I must echo.\nAction: echo\nAction Input: {"text": "안녕"}\nObservation: done'],
    ['its own format', '<tool_call>{"name": "echo", "arguments": {"text": "안녕"}}</tool_call>'],
  ])('a model that nobody knows is taught ReAct, and may answer in %s', async (_name, text) => {
    await using opened = await open({ models: ['m'], refuse: { tools: 500, functions: true, toolRole: true } })
    const { fake, agent } = opened
    fake.script({ text, split: 5 }, { text: 'Thought: I know.\nFinal Answer: It said 안녕.' })
    expect(await ask(agent)).toMatchObject({ content: 'It said 안녕.', steps: 2, tool_calls: [echoed] })
    expect(fake.chats[2]?.body).toMatchObject({ stop: ['\nObservation:'] })
    expect(fake.chats[3]?.body.messages?.at(-1)).toEqual({ role: 'user', content: 'Observation: 안녕' })
  })

  test('and the rest too ends the run with its last words', async () => {
    await using opened = await open({ refuse: { tools: 500, functions: true } })
    const { fake, agent } = opened
    fake.script({ status: 500, message: 'out of memory' })
    const run = await ask(agent)
    expect(run).toMatchObject({ finish_reason: 'error', tool_calls: [], error: { code: 'model_failed' } })
    expect(run.error?.message).toContain('out of memory')
    expect(fake.chats).toHaveLength(3)
  })
})

test.each([
  ['context length', 400, "This model's maximum context length is 4096 tokens.", 'context_length_exceeded'],
  ['an unknown model', 404, 'The model `m` does not exist.', 'model_failed'],
  ['a bad schema', 400, 'Invalid schema for function "echo": unsupported keyword', 'model_failed'],
  ['a key', 401, 'Incorrect API key provided', 'model_failed'],
])('a refusal for %s is told as it is, and moves nothing', async (_name, status, message, code) => {
  await using opened = await open({})
  const { fake, agent } = opened
  fake.script({ status, message })
  const run = await ask(agent)
  expect(run.error).toMatchObject({ code, message: expect.stringContaining(message) as string })
  expect(fake.chats).toHaveLength(1)
})

describe('a server that takes functions without showing them to the model', () => {
  test('has them taught in the prompt from the next run on', async () => {
    await using opened = await open({ refuse: { tools: 400 }, rendersTools: 'none' })
    const { fake, agent } = opened
    fake.script({ text: 'Hi.', times: 9 })
    await ask(agent)
    await ask(agent)
    // The first run measures the prompt with the functions and without.
    expect(fake.chats.map(({ status, body }) => [status, 'tools' in body, 'functions' in body])).toEqual([
      [400, true, false],
      [200, false, true],
      [200, false, false],
      [400, true, false],
      [200, false, false],
    ])
    expect(fake.chats[4]?.body.messages?.[0]?.content).toContain('echo')
  })

  test('is remembered where the prompt grew, though no call came', async () => {
    await using opened = await open({ refuse: { tools: 400 }, rendersTools: 'functions' })
    const { fake, agent } = opened
    fake.script({ text: 'Hi.', times: 9 })
    await ask(agent)
    await ask(agent)
    expect(fake.chats.map(({ body }) => ('tools' in body ? 'tools' : 'functions' in body ? 'functions' : ''))).toEqual([
      'tools',
      'functions',
      '',
      'functions',
    ])
  })
})

test.each([
  { name: 'the tool role', toolRole: { message: 'Only user, assistant and system roles are supported!' }, status: 400 },
  { name: 'it without a word', toolRole: { status: 500, message: 'Internal Server Error' }, status: 500 },
])('a server that refuses $name gets results as the user, and the same tools', async ({ toolRole, status }) => {
  await using opened = await open({ refuse: { toolRole } })
  const { fake, agent } = opened
  fake.script({ toolCalls: [{ name: 'echo', arguments: { text: '안녕' } }] }, { text: 'Done.' })
  const run = await ask(agent)
  expect(run).toMatchObject({ content: 'Done.', tool_calls: [echoed] })
  expect(fake.chats.map((chat) => [chat.status, 'tools' in chat.body])).toEqual([
    [200, true],
    [status, true],
    [200, true],
  ])
  expect(fake.chats[2]?.body.messages?.at(-1)).toMatchObject({ role: 'user', content: expect.stringContaining('안녕') })
})

describe('calls that the server leaves in the text', () => {
  const harmony =
    '<|channel|>analysis<|message|>Say it.<|end|><|start|>assistant<|channel|>commentary to=functions.echo ' +
    '<|constrain|>json<|message|>{"text": "안녕"}<|call|>'

  test('Harmony, cut in two at every position', async () => {
    await using opened = await open({ models: ['openai/gpt-oss-20b'] })
    const { fake, agent } = opened
    for (let cut = 0; cut <= harmony.length; cut++) {
      fake.script({ text: harmony, split: [cut] }, { text: '<|channel|>final<|message|>It said 안녕.' })
      const run = await ask(agent)
      expect(run, `cut at ${cut}`).toMatchObject({ content: 'It said 안녕.', tool_calls: [echoed], steps: 2 })
      expect(run.tool_calls).toHaveLength(1)
    }
  })

  test.each([
    ['bare JSON', 'some-model', '{"name": "echo", "arguments": {"text": "안녕"}}'],
    ['fenced JSON', 'some-model', '```json\n{"name": "echo", "parameters": {"text": "안녕"}}\n```'],
    [
      'Hermes',
      'Qwen/Qwen2.5-7B-Instruct',
      '<tool_call>\n{"name": "echo", "arguments": {"text": "안녕"}}\n</tool_call>',
    ],
    [
      'Hermes from an unknown model',
      'm',
      'Wait. <tool_call>{"name": "echo", "arguments": {"text": "안녕"}}</tool_call>',
    ],
  ])('%s', async (_name, model, text) => {
    await using opened = await open({ models: [model] })
    const { fake, agent } = opened
    fake.script({ text, split: 3 }, { text: 'It said 안녕.' })
    const run = await ask(agent)
    expect(run).toMatchObject({ content: 'It said 안녕.', tool_calls: [echoed], steps: 2 })
    expect(run.tool_calls).toHaveLength(1)
  })

  test('a call that the server cut off is never run, and the model is told', async () => {
    await using opened = await open({ models: ['openai/gpt-oss-20b'] })
    const { fake, agent } = opened
    fake.script({ text: harmony.slice(0, -9), finishReason: 'length' }, { text: '<|channel|>final<|message|>Sorry.' })
    const run = await ask(agent)
    expect(run).toMatchObject({ content: 'Sorry.', tool_calls: [], steps: 2 })
    expect(JSON.stringify(fake.chats[1]?.body.messages)).toContain('could not be run')
  })
})
