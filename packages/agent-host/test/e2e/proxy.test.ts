import { expect, test } from 'vitest'
import { startFakeModelServer } from '../support/fake-model-server.ts'
import { type CliRun, runCli, startCli } from '../support/run-cli.ts'

/** Starts the proxy on a free port and waits until it says where it is. */
async function startProxy(args: readonly string[], env: Record<string, string>): Promise<CliRun & { said: string }> {
  const run = startCli(['proxy', '--proxy-port', '0', ...args], { env })
  let said = ''
  run.child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString('utf8')
  })
  await run.seen('OPENAI_BASE_URL=')
  return { ...run, said }
}

test('agent-host proxy says what it proxies and where to, needs neither tools nor an agent, and ends well', async () => {
  await using fake = await startFakeModelServer()
  const env = { BACKEND_HOST: '127.0.0.1', BACKEND_PORT: String(fake.port), VLLM_BASE_URL: 'http://127.0.0.1:9' }
  const { child, ended, said } = await startProxy([], env)
  try {
    expect(said).toContain(`  to      ${fake.url}`)
    expect(said).toContain('in text become tool_calls')
    // A line of its own to copy.
    const base = /OPENAI_BASE_URL=(\S+)/.exec(said)?.[1] ?? ''
    const models = (await (await fetch(`${base}/models`)).json()) as { data: unknown[] }
    expect(models.data).toMatchObject([
      { id: 'm', agent_host: { rung: 'tools', evidence: { tools: null }, avoids: [] } },
    ])
    const health = await fetch(new URL('/health', base))
    expect(health.headers.get('x-agent-host')).not.toBeNull()
    expect([health.status, await health.json()]).toMatchObject([
      200,
      { status: 'ok', model_server: { url: fake.url, state: 'ok' } },
    ])
  } finally {
    child.kill('SIGTERM')
  }
  expect((await ended).code).toBe(0)
})

test('a stream in progress is cancelled when the proxy is stopped', async () => {
  await using fake = await startFakeModelServer({
    reply: { text: 'abc', split: 1, fault: { kind: 'stall', after: 2 } },
  })
  const { child, ended, said } = await startProxy([], { VLLM_BASE_URL: fake.url, ENABLE_TOOL_CALL_CONVERSION: 'false' })
  expect(said).toContain('ENABLE_TOOL_CALL_CONVERSION is false')
  const base = /OPENAI_BASE_URL=(\S+)/.exec(said)?.[1] ?? ''
  const body = JSON.stringify({ model: 'm', messages: [], stream: true })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const answer = await fetch(`${base}/chat/completions`, init)
  const upstream = await fake.received(1)
  child.kill('SIGTERM')
  await expect(answer.text()).rejects.toThrow('terminated')
  expect((await ended).code).toBe(0)
  await upstream.closed
  expect(upstream.aborted).toBe(true)
})

test('a port that is taken, and a preset that is none, are told with exit code 2', async () => {
  await using taken = await startFakeModelServer()
  const busy = await runCli(['proxy', '--proxy-port', String(taken.port)])
  expect([busy.code, busy.stderr]).toEqual([2, expect.stringContaining('PROXY_PORT and PROXY_HOST set another.')])
  const wrong = await runCli(['proxy', '--preset', 'vlm'])
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('vllm, lmstudio, ollama, llamacpp or openai')])
})

test('--help has the flags of the proxy, and none of the agent', async () => {
  const { stdout } = await runCli(['proxy', '--help'])
  for (const flag of [
    '--preset',
    '--backend-host',
    '--backend-port',
    '--backend-protocol',
    '--proxy-host',
    '--max-body',
  ]) {
    expect(stdout).toContain(flag)
  }
  expect(stdout).not.toContain('--max-steps')
  expect((await runCli(['serve', '--help'])).stdout).not.toContain('--backend-host')
})
