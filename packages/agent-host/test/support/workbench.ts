import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for one test, with an MCP config of the test tools, that knows which processes were started for them. */
export interface Workbench extends Disposable {
  readonly folder: string
  readonly mcpConfig: string
  /** Ids of every tool server process that was started. */
  pids(): number[]
  /** Those of them that still run. */
  running(): number[]
}

export function createWorkbench(): Workbench {
  const folder = mkdtempSync(join(tmpdir(), 'agent-host-test-'))
  const mcpConfig = join(folder, 'mcp.json')
  const pidFile = join(folder, 'pids')
  const args = [join(import.meta.dirname, 'tool-server.ts')]
  const server = { command: process.execPath, args, env: { PID_FILE: pidFile } }
  writeFileSync(pidFile, '')
  writeFileSync(mcpConfig, JSON.stringify({ mcpServers: { test: server } }))
  const pids = (): number[] => readFileSync(pidFile, 'utf8').split('\n').filter(Boolean).map(Number)
  return {
    folder,
    mcpConfig,
    pids,
    running: () => pids().filter(isRunning),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
