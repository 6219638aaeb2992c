import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cliPath, cliEnvironment } from './run-cli.ts'
import { findProgram } from './service-program.ts'

/** Gives a program a terminal of its own: script(1) of util-linux, which every Debian has. */
const script = process.platform === 'linux' ? findProgram('script', []) : undefined

export const withoutTerminal = script === undefined ? 'script (util-linux) is not there' : undefined

export interface TerminalRun {
  /** Resolves once these words are on the screen, after those that were seen before. */
  seen(words: string): Promise<void>
  type(keys: string): void
  /** All that was on the screen, and the exit code. */
  ended: Promise<{ screen: string; code: number | null }>
}

/** Starts `agent-host` on a terminal, where both of its streams go, and which shows what is typed. */
export function startOnTerminal(args: readonly string[], env: Record<string, string>): TerminalRun {
  const command = [process.execPath, cliPath, ...args].map(quoted).join(' ')
  const child = spawn(script ?? '', ['-qefc', command, '/dev/null'], {
    env: { ...cliEnvironment(env), SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let screen = ''
  let from = 0
  const waiting = new Set<() => void>()
  child.stdout.on('data', (bytes: Buffer) => {
    screen += bytes.toString('utf8')
    for (const look of waiting) look()
  })
  return {
    type: (keys) => void child.stdin.write(keys),
    seen: (words) =>
      new Promise((resolve) => {
        const look = (): void => {
          const at = screen.indexOf(words, from)
          if (at === -1) return
          from = at + words.length
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    ended: once(child, 'close').then(([code]) => ({
      screen: screen.replaceAll('\r\n', '\n'),
      code: code as number | null,
    })),
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
