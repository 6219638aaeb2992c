import type { McpServerFactory } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'

/** Serves over stdin and stdout until stdin ends or `close` is called, which aborts every running call. */
export function serveOverStdio(build: McpServerFactory, onError: (error: unknown) => void): { close(): Promise<void> } {
  return serveStdio(build, { legacy: 'serve', onerror: onError })
}
