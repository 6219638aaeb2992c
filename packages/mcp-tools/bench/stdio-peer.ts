import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** An MCP server over stdio, spoken to in bare lines, so that no client's own work is measured with it. */
export interface StdioPeer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  /** Calls a tool. Rejects where the result is an error. */
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>
  /** Settles once the process has ended. */
  end(): Promise<void>
}

interface Message {
  readonly id?: number
  readonly result?: { readonly isError?: boolean; readonly structuredContent?: unknown }
}

/** Starts `program` and initialises it. */
export async function openStdioPeer(program: string, env: Readonly<Record<string, string>> = {}): Promise<StdioPeer> {
  const child = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const waiting = new Map<number | undefined, (message: Message) => void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as Message
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  })
  const send = (message: Readonly<Record<string, unknown>>) => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
  let lastId = 0
  const ask = (method: string, params: unknown) => {
    lastId += 1
    const id = lastId
    const { promise, resolve } = Promise.withResolvers<Message>()
    waiting.set(id, resolve)
    send({ id, method, params })
    return promise
  }
  const clientInfo = { name: 'bench', version: '1.0.0' }
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  send({ method: 'notifications/initialized' })
  return {
    child,
    async call(name, args) {
      const { result, ...rest } = await ask('tools/call', { name, arguments: args })
      if (result === undefined || result.isError === true) throw new Error(JSON.stringify(result ?? rest))
      return result.structuredContent
    },
    async end() {
      const exited = once(child, 'exit')
      child.stdin.end()
      await exited
    },
  }
}
