import { describe, expect, test } from 'vitest'
import { startFakeModelServer } from '../support/fake-model-server.ts'
import { runCli, startCli } from '../support/run-cli.ts'
import { createWorkbench } from '../support/workbench.ts'

const closedPort = 'http://127.0.0.1:9'

describe('ask', () => {
  test('answers with the demo where nothing is configured: the answer on stdout, all else on stderr', async () => {
    const { stdout, stderr, code } = await runCli(['ask', '현재 서울 시간을 알려줘'])
    expect(stdout).toMatch(/time_now[\s\S]*Asia\/Seoul, UTC\+09:00/)
    expect(stderr).toContain('a scripted demo answers, which is not a model')
    expect(stderr).toMatch(/> time_now \{"timezone":\s?"Asia\/Seoul"\}/)
    expect(code).toBe(0)
  })

  test('puts what is piped in after the question', async () => {
    await using fake = await startFakeModelServer()
    const env = { VLLM_BASE_URL: fake.url }
    await runCli(['ask', 'Sum', 'this up:'], { env, stdin: 'first line\nsecond line\n' })
    expect(fake.chats[0]?.body.messages?.at(-1)?.content).toBe('Sum this up:\n\nfirst line\nsecond line')
  })

  test('--session and --continue go on with a conversation that is kept in the data folder', async () => {
    using bench = createWorkbench()
    await using fake = await startFakeModelServer({ models: ['m'] })
    const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: bench.mcpConfig, DATA_DIR: bench.folder }
    fake.script({ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' })
    expect((await runCli(['ask', 'First?', '--continue'], { env })).stderr).toContain('no conversation to go on with')
    expect((await runCli(['ask', 'First?', '--session', 'mine'], { env })).stdout).toBe('One.\n')
    expect((await runCli(['ask', 'Second?', '--session', 'mine'], { env })).stdout).toBe('Two.\n')
    expect((await runCli(['ask', 'Third?', '--continue'], { env })).stdout).toBe('Three.\n')
    const sent = fake.chats.at(-1)?.body.messages?.slice(1)
    expect(sent?.map(({ content }) => content)).toEqual(['First?', 'One.', 'Second?', 'Two.', 'Third?'])
  })

  test('a tool that is switched off is not run', async () => {
    using bench = createWorkbench()
    await using fake = await startFakeModelServer({ models: ['m'] })
    fake.script({ toolCalls: [{ name: 'echo', arguments: { text: 'a' } }] }, { text: 'I cannot.' })
    const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: bench.mcpConfig, APPROVALS: 'test__*=never' }
    expect((await runCli(['ask', 'Say it.'], { env })).stderr).toContain('echo is switched off here')
  })

  test('--json prints the whole run', async () => {
    using bench = createWorkbench()
    await using fake = await startFakeModelServer({ models: ['m'] })
    fake.script({ toolCalls: [{ name: 'fail', arguments: {} }] }, { text: 'No luck.' })
    const env = { VLLM_BASE_URL: fake.url }
    const { stdout, code } = await runCli(['ask', 'Print it.', '--json', '--mcp-config', bench.mcpConfig], { env })
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'm',
      content: 'No luck.',
      steps: 2,
      finish_reason: 'answer',
      tool_calls: [{ name: 'fail', arguments: {}, result: 'out of paper', is_error: true }],
    })
    expect(code).toBe(0)
  })

  test('--stream-json prints one event a line, ending with run-end', async () => {
    const { stdout } = await runCli(['ask', '--stream-json', 'hello'])
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string })
    expect(events[0]?.type).toBe('run-start')
    expect(events.at(-1)).toMatchObject({ type: 'run-end', reason: 'answer' })
  })

  test('a pipe gets the answer only, not what was said before a call', async () => {
    using bench = createWorkbench()
    await using fake = await startFakeModelServer()
    fake.script({ text: 'Let me see.', toolCalls: [{ name: 'echo', arguments: { text: 'x' } }] }, { text: 'Yes.' })
    const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: bench.mcpConfig }
    const { stdout, stderr } = await runCli(['ask', 'Well?'], { env })
    expect(stdout).toBe('Yes.\n')
    expect(stderr).toContain('Let me see.')
  })
})

describe('exit codes', () => {
  test.each([
    ['an unknown flag', ['ask', '--nope', 'x'], {}, "unknown option '--nope'"],
    ['an unknown command', ['frobnicate'], {}, "unknown command 'frobnicate'"],
    ['no question', ['ask'], {}, 'Nothing was asked'],
    ['a wrong setting', ['ask', 'x'], { VLLM_TEMPERATURE: 'hot' }, 'VLLM_TEMPERATURE is "hot": it must be a number'],
    ['a missing MCP config', ['tools', '--mcp-config', 'none.json'], {}, 'none.json does not exist'],
    ['an unknown tool', ['tools', 'call', 'nope'], {}, 'There is no tool "nope". The tools are: '],
    ['arguments that are not JSON', ['tools', 'call', 'time_now', '{'], {}, 'must be a JSON object, not: {'],
  ])('2 for %s', async (_name, args, env, words) => {
    const { stderr, code, stdout } = await runCli(args, { env })
    expect(stderr).toContain(words)
    expect([stdout, code]).toEqual(['', 2])
  })

  test('3 where no model server answers, and never the demo in its place', async () => {
    const { stdout, stderr, code } = await runCli(['ask', 'x'], { env: { VLLM_BASE_URL: closedPort } })
    expect(stderr).toContain('No model server answers at http://127.0.0.1:9/v1 (ECONNREFUSED)')
    expect([stdout, code]).toEqual(['', 3])
  })

  test('1 where the model server fails', async () => {
    await using fake = await startFakeModelServer()
    fake.script({ status: 500, message: 'CUDA out of memory', times: 3 })
    const { stderr, code } = await runCli(['ask', 'x'], { env: { VLLM_BASE_URL: fake.url } })
    expect(stderr).toContain('CUDA out of memory')
    expect(code).toBe(1)
  })

  test('2 with the models listed, where several are there and none is named', async () => {
    await using fake = await startFakeModelServer({ models: ['a', 'b'] })
    const { stderr, code } = await runCli(['ask', 'x'], { env: { VLLM_BASE_URL: fake.url } })
    expect(stderr).toMatch(/set VLLM_MODEL to one:\n {2}a\n {2}b/)
    expect(code).toBe(2)
  })

  test.each([
    ['the step limit', { MAX_STEPS: '2' }, 'MAX_STEPS', 2],
    ['the same call for the third time', {}, 'third time', 3],
  ])('4 at %s', async (_name, limits, words, turns) => {
    using bench = createWorkbench()
    await using fake = await startFakeModelServer()
    fake.script({ toolCalls: [{ name: 'echo', arguments: { text: 'again' } }], times: 9 })
    const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: bench.mcpConfig, ...limits }
    const { stderr, code } = await runCli(['ask', 'x'], { env })
    expect(stderr).toContain(words)
    expect([code, fake.chats.length]).toEqual([4, turns])
  })

  test('4 when the time is up, and the model server is let go', async () => {
    await using fake = await startFakeModelServer()
    fake.script({ text: 'a long answer', split: 1, fault: { kind: 'stall', after: 3 } })
    const { stderr, code } = await runCli(['ask', 'x'], { env: { VLLM_BASE_URL: fake.url, REQUEST_TIMEOUT: '0.5' } })
    expect(stderr).toContain('REQUEST_TIMEOUT')
    expect(code).toBe(4)
    const request = fake.chats[0]
    await request?.closed
    expect(request?.aborted).toBe(true)
  })
})

describe('what breaks in the middle', () => {
  test('Ctrl-C while the model writes: 130, the model server is let go, no process is left', async () => {
    using bench = createWorkbench()
    await using fake = await startFakeModelServer()
    fake.script({ text: 'a long answer', split: 1, fault: { kind: 'stall', after: 3 } })
    const env = { VLLM_BASE_URL: fake.url, VLLM_MODEL: 'm', MCP_CONFIG: bench.mcpConfig }
    const { child, ended } = startCli(['ask', 'x'], { env })
    const request = await fake.received(1)
    child.kill('SIGINT')
    const { code, stderr, stdout } = await ended
    expect([code, stdout]).toEqual([130, ''])
    expect(stderr).toContain('Interrupted.')
    await request.closed
    expect(request.aborted).toBe(true)
    expect(bench.pids()).not.toEqual([])
    expect(bench.running()).toEqual([])
  })

  test('Ctrl-C while a tool runs: 130, no process is left', async () => {
    using bench = createWorkbench()
    await using fake = await startFakeModelServer()
    fake.script({ toolCalls: [{ name: 'hang', arguments: {} }] })
    const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: bench.mcpConfig }
    const { child, seen, ended } = startCli(['ask', 'x'], { env })
    await seen('> hang')
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    expect(bench.running()).toEqual([])
  })

  test('the MCP server dies in a call: the model is told, and the next call starts it again', async () => {
    using bench = createWorkbench()
    await using fake = await startFakeModelServer()
    fake.script(
      { toolCalls: [{ name: 'die', arguments: {} }] },
      { toolCalls: [{ name: 'echo', arguments: { text: 'back' } }] },
      { text: 'It came back.' },
    )
    const env = { VLLM_BASE_URL: fake.url, MCP_CONFIG: bench.mcpConfig }
    const { stdout, stderr, code } = await runCli(['ask', 'x'], { env })
    expect(stderr).toContain('MCP server "test" closed the connection.')
    expect([stdout, code]).toEqual(['It came back.\n', 0])
    expect(JSON.stringify(fake.chats[1]?.body.messages)).toContain('closed the connection')
    expect(bench.running()).toEqual([])
  })

  test('the model server dies in its answer: 1, with what happened', async () => {
    await using fake = await startFakeModelServer()
    fake.script({ text: 'a long answer', split: 1, fault: { kind: 'stall', after: 3 } })
    const env = { VLLM_BASE_URL: fake.url, VLLM_MODEL: 'm' }
    const { seen, ended } = startCli(['ask', 'x', '--stream-json'], { env })
    await seen('text-delta')
    fake.killConnections()
    const { code, stdout } = await ended
    expect(stdout).toMatch(/"type":"error".*(broke the connection|closed its stream)/)
    expect(code).toBe(1)
  })
})

describe('tools', () => {
  test('lists them, and calls one', async () => {
    using bench = createWorkbench()
    const env = { MCP_CONFIG: bench.mcpConfig }
    const listed = await runCli(['tools'], { env })
    expect(listed.stdout).toMatch(/^echo\s+Echo {2}\(test\)$/m)
    const called = await runCli(['tools', 'call', 'echo', '{"text":"안녕"}'], { env })
    expect([called.stdout, called.code]).toEqual(['안녕\n', 0])
    const failed = await runCli(['tools', 'call', 'fail', '--json'], { env })
    expect(JSON.parse(failed.stdout)).toEqual({ name: 'fail', arguments: {}, result: 'out of paper', is_error: true })
    expect(failed.code).toBe(1)
    expect(bench.running()).toEqual([])
  })

  test('the bundled tools are given their own settings', async () => {
    const { stdout } = await runCli(['tools', 'call', 'time_now', '{}', '--json'], {
      env: { MCP_TOOLS_TIMEZONE: 'Pacific/Chatham' },
    })
    expect(JSON.parse(stdout)).toMatchObject({ result: { timezone: 'Pacific/Chatham', timezone_source: 'setting' } })
  })

  test('--json has each schema', async () => {
    using bench = createWorkbench()
    const { stdout } = await runCli(['tools', '--json'], { env: { MCP_CONFIG: bench.mcpConfig } })
    const { tools } = JSON.parse(stdout) as { tools: { name: string }[] }
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'fail', 'hang', 'die'])
    expect(tools[0]).toMatchObject({ title: 'Echo', server: 'test', input_schema: { required: ['text'] } })
  })
})

test('--help lists every command and exits with 0', async () => {
  const { stdout, code } = await runCli(['--help'])
  for (const command of ['ask', 'tools', 'serve', 'demo-model']) expect(stdout).toContain(command)
  expect(code).toBe(0)
})
