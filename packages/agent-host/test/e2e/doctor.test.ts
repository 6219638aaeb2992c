import { expect, test } from 'vitest'
import type { ServerReport } from '../../src/doctor/report.ts'
import { hermesCall, scriptedModel } from '../doctor/scripted-model.ts'
import { type FakeModelServerOptions, startFakeModelServer } from '../support/fake-model-server.ts'
import { runCli } from '../support/run-cli.ts'

interface Ran {
  stdout: string
  stderr: string
  code: number | null
  requests: number
}

/** Runs the doctor on a fake server, with what differs from run to run taken out of what it prints. */
async function doctor(options: FakeModelServerOptions, args: readonly string[] = []): Promise<Ran> {
  await using fake = await startFakeModelServer({ models: ['Qwen/Qwen2.5-7B-Instruct'], ...options })
  const { stdout, stderr, code } = await runCli(['doctor', ...args], { env: { VLLM_BASE_URL: fake.url } })
  const plain = stdout
    .replaceAll(fake.url, 'http://localhost:8000/v1')
    .replace(/after \d+ ms, then [\d.]+ /, 'after 45 ms, then 38.2 ')
    .replace(/[\d.]+ s$/m, '6.1 s')
  return { stdout: plain, stderr, code, requests: fake.requests.length }
}

test('the screen of a vLLM that nothing was set up on', async () => {
  const run = await doctor({
    refuse: { toolChoice: true, developer: true, lateSystem: true, emptyTools: true },
    contextLength: 4096,
    reply: scriptedModel({ calls: hermesCall, keepsTo: ['none', 'json_schema', 'json_object'] }),
  })
  expect(run.code).toBe(0)
  expect(run.stderr).toBe('')
  expect(run.stdout).toMatchInlineSnapshot(`
    "http://localhost:8000/v1  vLLM
      models: Qwen/Qwen2.5-7B-Instruct

    Qwen/Qwen2.5-7B-Instruct
      ✓ ok       streaming             in 13 pieces
      ! note     context               4,096 tokens
                                       → little for tools: start vLLM with a larger --max-model-len
      ✓ ok       usage                 16 tokens in, 21 out
      ✓ ok       latency               first token after 45 ms, then 38.2 tokens/s
      ✓ ok       reasoning             none seen
      ! note     tools                 refused (400): "auto" tool choice requires --enable-auto-tool-choice and
                                       --tool-call-parser to be set
                                       → start vLLM with --enable-auto-tool-choice --tool-call-parser hermes; agent-host
                                       offers them as functions or teaches them in the prompt until then
      ! note     functions             the call is left in the text, as hermes writes it; agent-host reads it
                                       → for other clients, start vLLM with --enable-auto-tool-choice --tool-call-parser
                                       hermes
      ✓ ok       prompt                calls come back, taught as hermes
      ? unknown  parallel calls        not asked for, as tools are refused
      ! note     tool_choice required  not kept to: "Hello."
                                       → do not count on it: ask for the call in words, and check that it came
      ! note     tool_choice named     not kept to: read_weather_station was called
                                       → do not count on it: ask for the call in words, and check that it came
      ✓ ok       tool_choice none      no call came back; the model sees the tools all the same
      ✓ ok       json_schema           the answer fits the schema
      ✓ ok       json_object           the answer is a JSON object
      ✓ ok       tool role             taken, and shown to the model
      ✓ ok       null content          taken, and shown to the model
      ! note     late system           refused (400): System message must be at the beginning.
                                       → put system messages first; agent-host does
      ! note     two systems           refused (400): System message must be at the beginning.
                                       → join them into one; agent-host does
      ! note     developer role        refused (400): Unexpected message role.
                                       → send it as system
      ! note     tools: []             refused (400): \`tools\` must not be an empty array.
                                       → leave an empty list out; agent-host does

      tools    agent-host offers them as functions
      cost     18 requests, 1,823 tokens in and 215 out, 6.1 s

    "
  `)
})

test('the screen of a server that cannot answer, with exit code 1', async () => {
  const run = await doctor({ reply: { status: 500, message: 'CUDA out of memory', times: 9 } })
  expect(run.code).toBe(1)
  expect(run.stdout).toMatchInlineSnapshot(`
    "http://localhost:8000/v1  vLLM
      models: Qwen/Qwen2.5-7B-Instruct

    Qwen/Qwen2.5-7B-Instruct
      ✗ problem  chat                  refused (500): CUDA out of memory

      tools    no way to offer them is known to work
      cost     2 requests, 0 tokens in and 0 out, 6.1 s

    "
  `)
})

test('--json is the same for programs, and nothing else', async () => {
  const { stdout, code, requests } = await doctor({ reply: scriptedModel() }, ['--json'])
  expect(code).toBe(0)
  const { version, servers } = JSON.parse(stdout) as { version: string; servers: ServerReport[] }
  expect(version).toMatch(/^\d+\.\d+\.\d+/)
  const [server] = servers
  expect(server).toMatchObject({
    url: 'http://localhost:8000/v1',
    kind: 'vLLM',
    models: [{ id: 'Qwen/Qwen2.5-7B-Instruct', context_length: 32_768 }],
    error: null,
  })
  const model = server?.examined[0]
  expect(model).toMatchObject({
    model: 'Qwen/Qwen2.5-7B-Instruct',
    rung: 'tools',
    prompt_tokens: expect.any(Number) as number,
    completion_tokens: expect.any(Number) as number,
    ms: expect.any(Number) as number,
  })
  expect(model?.findings[0]).toEqual({
    name: 'streaming',
    state: 'ok',
    says: 'in 13 pieces',
    change: null,
    requests: [2],
  })
  expect(model?.requests).toHaveLength(requests)
  expect(model?.requests[1]).toEqual({
    number: 2,
    method: 'POST',
    path: '/chat/completions',
    fields: ['max_tokens', 'temperature', 'model', 'stream', 'stream_options'],
    status: 'ok',
    ms: expect.any(Number) as number,
  })
})

test('nothing that answers is exit code 3', async () => {
  const { code, stdout } = await runCli(['doctor', 'http://127.0.0.1:9'])
  expect(stdout).toContain('No model server answers at http://127.0.0.1:9/v1')
  expect(code).toBe(3)
  const none = await runCli(['doctor'])
  expect(none.stderr).toContain('No model server answers on the local ports 8000')
  expect(none.code).toBe(3)
})

test('several servers are examined one after another, and one that is away does not hide the others', async () => {
  await using one = await startFakeModelServer({ models: ['a'], reply: scriptedModel() })
  await using other = await startFakeModelServer({ models: ['b'], reply: scriptedModel() })
  const { code, stdout } = await runCli(['doctor', one.origin, 'http://127.0.0.1:9', other.url])
  expect(stdout.match(/^(\S+:\d+\/v1|✗ problem|[ab])(?=  |$)/gm)).toEqual([one.url, 'a', '✗ problem', other.url, 'b'])
  expect(code).toBe(3)
})

test.each([
  [['--timeout', 'soon'], '--timeout must be seconds'],
  [['http://user:sk-secret@localhost'], '"http://***@localhost" must be an http or https URL'],
])('%j is refused with exit code 2', async (args, words) => {
  const { code, stderr } = await runCli(['doctor', ...args])
  expect(stderr).toContain(words)
  expect(code).toBe(2)
})
