import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findProgram, freePort } from './service-program.ts'

const program = findProgram('redis-server', ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'])

/** Why there is no Redis to test with; `undefined` where there is. */
export const withoutRedis = program === undefined ? 'redis-server is not installed' : undefined

export interface RedisServer extends AsyncDisposable {
  url: string
}

/** Starts a Redis of its own on a free port, which keeps an append-only file in a temporary folder. */
export async function startRedis(port?: number, options: readonly string[] = []): Promise<RedisServer> {
  if (program === undefined) throw new Error(withoutRedis)
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const usedPort = port ?? (await freePort())
  const args = ['--port', String(usedPort), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', '']
  const child = spawn(program, [...args, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  const lines = createInterface({ input: child.stdout })
  const ready = new Promise<boolean>((resolve) => {
    lines.on('line', (line) => line.includes('Ready to accept connections') && resolve(true))
    lines.on('close', () => resolve(false))
  })
  if (!(await ready)) throw new Error(`redis-server did not start on the port ${usedPort}.`)
  return {
    url: `redis://127.0.0.1:${usedPort}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await closed
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
