import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A program under measurement. */
export interface Program {
  name: string
  url: string
  headers: Record<string, string>
  /** CPU time so far, user and system, in milliseconds. */
  cpu(): number
  /** Resident memory now, in MB. */
  resident(): number
  stop(): Promise<void>
}

const pinned = spawnSync('taskset', ['-V']).status === 0
const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK']).stdout.toString()) || 100

/** What keeps a program on these cores, before its command. */
export const onCores = (cores: string): string[] => (pinned ? ['taskset', '-c', cores] : [])

/** Starts a Node program on some cores, and waits until it says where it listens. */
export async function startProgram(
  name: string,
  args: readonly string[],
  options: { cores: string; env?: Record<string, string>; url?: string; headers?: Record<string, string> },
): Promise<Program> {
  const [file, ...before] = [...onCores(options.cores), process.execPath]
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(file, [...before, ...args], {
    env: { PATH, HOME, ENV: 'production', LOG_LEVEL: 'error', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await addressOf(child, options.url)
  const pid = child.pid ?? 0
  return {
    name,
    url,
    headers: options.headers ?? {},
    cpu() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
    },
    resident: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

async function addressOf(child: ChildProcess, known?: string): Promise<string> {
  let said = ''
  return await new Promise((resolve, reject) => {
    const read = (bytes: Buffer): void => {
      said += bytes.toString()
      const found = /\bon (http:\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
      else if (known !== undefined && /running|started|ready/i.test(said)) resolve(known)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', () => reject(new Error(`a program ended: ${said}`)))
  })
}

const script = (name: string): string => join(import.meta.dirname, name)

export async function startStub(): Promise<Program> {
  return await startProgram('the stub itself', [script('stub-server.ts')], { cores: '1' })
}

export async function startPipe(stub: Program): Promise<Program> {
  return await startProgram('bare undici pipe', [script('bare-pipe.ts'), stub.url], { cores: '0' })
}

export async function startProxy(stub: Program): Promise<Program> {
  const cli = script('../../dist/cli.js')
  const env = { BACKEND_HOST: '127.0.0.1', BACKEND_PORT: new URL(stub.url).port, PROXY_PORT: '0' }
  return await startProgram('agent-host proxy', [cli, 'proxy'], { cores: '0', env })
}

/** The gateway takes its model server from headers. */
export async function startPortkey(stub: Program): Promise<Program> {
  const file = createRequire(import.meta.url).resolve('@portkey-ai/gateway/package.json')
  const port = await freePort()
  const args = [join(file, '../build/start-server.js'), '--headless', `--port=${port}`]
  const headers = {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `${stub.url}/v1`,
    authorization: 'Bearer x',
  }
  return await startProgram('@portkey-ai/gateway', args, { cores: '0', url: `http://127.0.0.1:${port}`, headers })
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
