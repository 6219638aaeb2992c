import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAgentHost, userMessage } from '../../src/index.ts'
import { startFakeModelServer } from '../support/fake-model-server.ts'
import { createWorkbench, type Workbench } from '../support/workbench.ts'

let bench: Workbench
beforeAll(() => {
  bench = createWorkbench()
})
afterAll(() => bench[Symbol.dispose]())

/** The ids of the calls in a run whose model writes these texts, one a turn. */
async function idsOfRun(model: string, ...texts: readonly string[]): Promise<string[]> {
  const fake = await startFakeModelServer({ models: [model] })
  const settings = { baseUrl: fake.url, mcpConfig: bench.mcpConfig, logLevel: 'silent' as const }
  const agent = await createAgentHost({ settings, env: { ENV: 'testing' } })
  fake.script(...texts.map((text) => ({ text })))
  const ids: string[] = []
  for await (const event of agent.run({ messages: [userMessage('Say hello twice.')] })) {
    if (event.type === 'tool-call') ids.push(event.id)
  }
  await agent.close()
  await fake.close()
  return ids
}

const bare = (text: string) => `{"name": "echo", "arguments": {"text": "${text}"}}`

test("Kimi's count over the conversation, and the one that it wrote is kept", async () => {
  const own = `<|tool_call_begin|>functions.echo:7<|tool_call_argument_begin|>{"text": "c"}<|tool_call_end|>`
  const ids = await idsOfRun('moonshotai/Kimi-K2-Instruct', `[${bare('a')}, ${bare('b')}]`, bare('d'), own, 'Done.')
  expect(ids).toEqual(['functions.echo:0', 'functions.echo:1', 'functions.echo:2', 'functions.echo:7'])
})

test("Mistral's are nine characters", async () => {
  const ids = await idsOfRun('mistralai/Mistral-Small-3.2-24B-Instruct-2506', `[TOOL_CALLS] [${bare('a')}]`, 'Done.')
  expect(ids).toEqual([expect.stringMatching(/^[a-zA-Z0-9]{9}$/)])
})

test('others are like those of the host', async () => {
  const ids = await idsOfRun('Qwen/Qwen3-8B', `<tool_call>${bare('a')}</tool_call>`, 'Done.')
  expect(ids).toEqual([expect.stringMatching(/^call_[0-9a-f]{24}$/)])
})
