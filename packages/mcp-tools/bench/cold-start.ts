import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Median milliseconds from spawn to `tools/list` answered, and how many times the bare server's that is. */
export interface ColdStart {
  readonly bareMs: number
  readonly mcpToolsMs: number
  readonly ratio: number
}

const bareServer = fileURLToPath(new URL('bare-server.mjs', import.meta.url))
const mcpTools = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

const messages = [
  {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } },
  },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 2, method: 'tools/list' },
]

/**
 * Starts the built mcp-tools and the bare server by turns, `rounds` times each, so that whatever else the machine does
 * meets both alike.
 */
export async function measureColdStart(rounds = 30): Promise<ColdStart> {
  const bare: number[] = []
  const own: number[] = []
  // The first start of each reads its files from the disk.
  await timeStart(bareServer)
  await timeStart(mcpTools)
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await timeStart(bareServer))
    own.push(await timeStart(mcpTools))
  }
  const bareMs = median(bare)
  const mcpToolsMs = median(own)
  return { bareMs, mcpToolsMs, ratio: mcpToolsMs / bareMs }
}

async function timeStart(program: string): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  child.stdin.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
  for await (const line of createInterface({ input: child.stdout })) {
    const { id, result } = JSON.parse(line) as { id?: number; result?: { tools?: unknown[] } }
    if (id !== 2) continue
    const elapsed = performance.now() - startedAt
    if (result?.tools?.length === undefined) throw new Error(`${program} answered no tools: ${line}`)
    child.stdin.end()
    await exited
    return elapsed
  }
  throw new Error(`${program} ended before it answered`)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

if (import.meta.main) {
  const { bareMs, mcpToolsMs, ratio } = await measureColdStart()
  console.log(
    `cold start: mcp-tools ${mcpToolsMs.toFixed(0)} ms, bare server ${bareMs.toFixed(0)} ms, ratio ${ratio.toFixed(2)} (at most 1.3)`,
  )
}
