import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The program itself; Node strips its types. */
export const mcpToolsPath = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** A running program that is ended with {@link stop}. */
export interface Process {
  readonly child: Child
  /** Exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>
  stop(): Promise<void>
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program: string = mcpToolsPath,
): Process {
  const child: Child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null)
  return {
    child,
    exited,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
  }
}

/** Starts it with `--http` on a free port; settles once it listens. */
export async function startHttp(
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Process & { origin: string }> {
  const started = start(['--http', '--port', '0', ...args], env)
  for await (const line of createInterface({ input: started.child.stderr })) {
    const origin = /(http:\/\/\S+)\/mcp/.exec(line)?.[1]
    if (origin !== undefined) return { ...started, origin }
  }
  throw new Error(`mcp-tools ended before it listened: ${await started.exited}`)
}

/** Runs it to its end. */
export async function runToEnd(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | NodeJS.Signals | null; stdout: string; stderr: string }> {
  const { child, exited } = start(args, env)
  child.stdin.end()
  const [stdout, stderr, code] = await Promise.all([readAll(child.stdout), readAll(child.stderr), exited])
  return { code, stdout, stderr }
}

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Unlike `readline`, which also ends a line at U+2028, with which JSON has no trouble. */
function onLine(stream: Readable, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

/** Speaks JSON-RPC over the stdin and stdout of the process, or another `program`, in the older protocol era. */
export async function openStdio(env: Readonly<Record<string, string>> = {}, program?: string) {
  const running = start([], env, program)
  const answers = new Map<number, PromiseWithResolvers<Record<string, unknown>>>()
  const expectAnswer = (id: number) => {
    const known = answers.get(id) ?? Promise.withResolvers<Record<string, unknown>>()
    answers.set(id, known)
    return known
  }
  onLine(running.child.stdout, (line) => {
    const message = JSON.parse(line) as { id?: number } & Record<string, unknown>
    if (message.id !== undefined) expectAnswer(message.id).resolve(message)
  })
  const send = (message: Readonly<Record<string, unknown>>) => {
    running.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
  const ended = running.exited.then((code): never => {
    throw new Error(`mcp-tools ended with ${code} before it answered`)
  })
  /** Settles once the request of that id, sent by whatever way, is answered. */
  const answerOf = (id: number) => Promise.race([expectAnswer(id).promise, ended])
  const request = async (id: number, method: string, params: Readonly<Record<string, unknown>>) => {
    send({ id, method, params })
    return answerOf(id)
  }
  const clientInfo = { name: 'test', version: '1.0.0' }
  await request(0, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  send({ method: 'notifications/initialized' })
  return { ...running, send, request, answerOf }
}
