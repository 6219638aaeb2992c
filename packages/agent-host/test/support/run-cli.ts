import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export const cliPath = join(import.meta.dirname, '../../src/cli.ts')

/** Nothing of the caller's environment but what a program needs. */
export function cliEnvironment(env: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, ENV: 'testing', ...env }
}

export interface CliRun {
  child: ChildProcessWithoutNullStreams
  /** Resolves once these words have stood on either stream. */
  seen(words: string): Promise<void>
  /** Both streams and the exit code, once the process and its streams are at their end. */
  ended: Promise<{ stdout: string; stderr: string; code: number | null; signal: NodeJS.Signals | null }>
}

export interface CliOptions {
  env?: Record<string, string>
  cwd?: string
  stdin?: string
}

/** Starts `agent-host` from its sources, in an environment that has nothing of the caller's but what it is given. */
export function startCli(args: readonly string[], { env = {}, cwd, stdin = '' }: CliOptions = {}): CliRun {
  const child = spawn(process.execPath, [cliPath, ...args], {
    env: cliEnvironment(env),
    cwd: cwd ?? import.meta.dirname,
    stdio: 'pipe',
  })
  child.stdin.end(stdin)
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [code, signal]]) => ({
      stdout,
      stderr,
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }),
  )
  const seen = (words: string): Promise<void> =>
    new Promise((resolve) => {
      const said = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].on('data', (bytes: Buffer) => {
          said[name] += bytes.toString('utf8')
          if (said[name].includes(words)) resolve()
        })
      }
    })
  return { child, seen, ended }
}

export function runCli(args: readonly string[], options?: CliOptions): CliRun['ended'] {
  return startCli(args, options).ended
}
