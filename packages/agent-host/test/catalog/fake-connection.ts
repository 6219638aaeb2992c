import type { Logger } from '../../src/core/logger.ts'
import type { CallToolResult, McpConnection, Tool } from '../../src/mcp/connection.ts'

export interface FakeConnection extends McpConnection {
  /** What the server lists; `undefined` while it cannot be reached. */
  listed: Tool[] | undefined
  /** How often it was asked. */
  readonly listings: number
  readonly calls: readonly { tool: string; args: Record<string, unknown> }[]
}

export function tool(name: string, fields: Partial<Tool> = {}): Tool {
  return { name, inputSchema: { type: 'object' }, ...fields }
}

/** An MCP server as the catalog sees it: its connection is tested against real ones. */
export function createFakeConnection(
  name: string,
  listed: Tool[] | undefined,
  result: CallToolResult = { content: [] },
): FakeConnection {
  const calls: { tool: string; args: Record<string, unknown> }[] = []
  let listings = 0
  return {
    name,
    listed,
    calls,
    get listings() {
      return listings
    },
    async tools() {
      listings++
      if (!this.listed) throw new Error(`MCP server "${name}" closed the connection.`)
      return this.listed
    },
    async call(called, args) {
      calls.push({ tool: called, args })
      return result
    },
    ping: async () => {},
    close: async () => {},
  }
}

/** A logger that keeps its warnings. */
export function createWarnings(): Logger & { warnings: { message: string; fields: object }[] } {
  const warnings: { message: string; fields: object }[] = []
  const warn = (fields: object, message: string): void => void warnings.push({ message, fields })
  return { warnings, debug() {}, info() {}, warn, error() {} }
}
