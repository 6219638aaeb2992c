import type { McpServerFactory } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'

/** Serves over stdin and stdout until stdin ends or `close` is called, which aborts every running call. */
export function serveOverStdio(build: McpServerFactory, onError: (error: unknown) => void): { close(): Promise<void> } {
  // Every answer that waits for a slow reader listens for it to catch up; Node would take more than ten for a leak.
  process.stdout.setMaxListeners(0)
  return serveStdio(build, { legacy: 'serve', onerror: onError })
}
