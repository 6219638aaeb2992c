import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { buildServer } from '../server.ts'
import type { Tool } from '../tools/tool.ts'

/** Serves `tools` over stdin and stdout until stdin ends or `close` is called, which aborts every running call. */
export function serveOverStdio(tools: readonly Tool[], onError: (error: Error) => void): { close(): Promise<void> } {
  return serveStdio(() => buildServer(tools), { legacy: 'serve', onerror: onError })
}
