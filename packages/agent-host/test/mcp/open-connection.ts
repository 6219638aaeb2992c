import { fileURLToPath } from 'node:url'
import type { McpServerConfig } from '../../src/config/mcp-servers.ts'
import type { Logger } from '../../src/core/logger.ts'
import { type ConnectionOptions, createConnection, type McpConnection } from '../../src/mcp/connection.ts'

export interface OpenConnection extends McpConnection, AsyncDisposable {
  /** What was logged, as `level message` and its fields. */
  readonly logged: readonly { level: string; message: string; fields: object }[]
}

const servers = new URL('../support/mcp-servers/', import.meta.url)

/** The configuration of a test server in a process of its own. */
export function stdioServer(file: 'modern-stdio.ts' | 'older-stdio.ts'): McpServerConfig {
  return script(fileURLToPath(new URL(file, servers)))
}

/** A process of Node with these arguments as an MCP server. */
export function script(...args: string[]): McpServerConfig {
  return { type: 'stdio', command: process.execPath, args, env: {} }
}

export function httpServer(type: 'http' | 'sse', url: string, headers: Record<string, string> = {}): McpServerConfig {
  return { type, url, headers }
}

/** A connection that is closed at the end of the test. */
export function openConnection(config: McpServerConfig, options: Partial<ConnectionOptions> = {}): OpenConnection {
  const logged: OpenConnection['logged'][number][] = []
  const at = (level: string) => (fields: object, message: string) => void logged.push({ level, message, fields })
  const log: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const connection = createConnection('test', config, { log, connectTimeoutMs: 20_000, ...options })
  return { ...connection, logged, [Symbol.asyncDispose]: () => connection.close() }
}

export async function callText(
  connection: McpConnection,
  tool: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  const { content } = await connection.call(tool, args, { timeoutMs: 20_000 })
  return content.map((part) => (part.type === 'text' ? part.text : part.type)).join('')
}
