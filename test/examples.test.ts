import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const { PATH = '', HOME = '' } = process.env
const cli = 'packages/agent-host/dist/cli.js'
const env = { PATH, HOME, ENV: 'testing' }

async function run(example: string, more: Record<string, string> = {}): Promise<{ stdout: string; stderr: string }> {
  return await promisify(execFile)(process.execPath, [`examples/${example}.ts`], {
    cwd: root,
    env: { ...env, ...more },
  })
}

test('basic-agent asks and prints the answer', async () => {
  const { stdout, stderr } = await run('basic-agent')
  expect(stderr).toContain('calls time_now with {"timezone":')
  expect(stdout).toMatch(/\d{4}-\d\d-\d\dT.*Asia\/Seoul/)
})

test('several-tools uses the tools of two servers', async () => {
  const { stdout } = await run('several-tools')
  expect(stdout).toContain('tools: http_request (mcp-tools), time_now (mcp-tools), roll_dice (dice)')
  expect(stdout).toMatch(/time_now: ok in \d+ ms\nhttp_request: ok in \d+ ms/)
  expect(stdout).toContain('Free places: 7')
})

test('plain-client talks to the service', async () => {
  const service = spawn(process.execPath, [cli, 'serve', '--port', '0'], {
    cwd: root,
    env,
  })
  try {
    const url = await listeningAt(service.stderr)
    const { stdout } = await run('plain-client', { AGENT_URL: url })
    expect(stdout).toMatch(/time_now answered:[\s\S]*Asia\/Seoul/)
  } finally {
    service.kill('SIGTERM')
    const [code] = (await once(service, 'exit')) as [number]
    expect(code).toBe(0)
  }
})

test('agent-as-model has its own tool called, and those of the service', async () => {
  const service = spawn(process.execPath, [cli, 'serve', '--port', '0', '--data-dir', ':memory:'], { cwd: root, env })
  try {
    const url = await listeningAt(service.stderr)
    const { stdout, stderr } = await run('agent-as-model', { OPENAI_BASE_URL: `${url}/v1` })
    expect(stderr).toMatch(/^> time_now \{"timezone":"Asia\/Seoul"\}\n< time_now: \d{4}-.*$/m)
    expect(stderr).toContain('http://places.test/ is read here')
    expect(stdout).toMatch(/time_now answered:[^]*Asia\/Seoul[^]*http_request answered:[^]*Free places: 7/)
  } finally {
    service.kill('SIGTERM')
    await once(service, 'exit')
  }
})

test('openai-client has its own tool called, through the proxy', async () => {
  const demo = spawn(process.execPath, [cli, 'demo-model', '--port', '0'], { cwd: root, env })
  const backend = await listeningAt(demo.stderr)
  const settings = { BACKEND_HOST: '127.0.0.1', BACKEND_PORT: new URL(backend).port, PROXY_PORT: '0' }
  const proxy = spawn(process.execPath, [cli, 'proxy'], { cwd: root, env: { ...env, ...settings } })
  try {
    const url = await listeningAt(proxy.stderr)
    const { stdout, stderr } = await run('openai-client', { OPENAI_BASE_URL: `${url}/v1` })
    expect(stderr).toContain('calls time_now with {"timezone":')
    expect(stdout).toContain('Korean Standard Time')
  } finally {
    for (const child of [proxy, demo]) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
})

async function listeningAt(stderr: Readable): Promise<string> {
  let said = ''
  for await (const bytes of stderr.iterator({ destroyOnReturn: false })) {
    said += String(bytes)
    const found = / on (http:\S+)$/m.exec(said)
    if (found?.[1] !== undefined) return found[1]
  }
  throw new Error(`the service ended: ${said}`)
}
