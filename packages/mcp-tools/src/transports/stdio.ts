import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { buildServer } from '../server.ts'
import type { Tool } from '../tools/tool.ts'

/** Serves `tools` over stdin and stdout until stdin ends or `close` is called, which aborts every running call. */
export function serveOverStdio(tools: readonly Tool[], onError: (error: unknown) => void): { close(): Promise<void> } {
  return serveStdio(() => buildServer(tools, onError), { legacy: 'serve', onerror: onError })
}
