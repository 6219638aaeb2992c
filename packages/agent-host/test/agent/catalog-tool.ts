import type { CatalogTool } from '../../src/catalog/catalog.ts'
import type { ToolOutcome } from '../../src/core/events.ts'
import type { CallOptions } from '../../src/mcp/connection.ts'

type Run = (args: Record<string, unknown>, options: CallOptions) => Promise<ToolOutcome>

/** A catalog tool whose work is a function of the test, for what no real MCP server does on demand. */
export function catalogTool(name: string, call: Run): CatalogTool {
  return {
    name,
    server: 'test',
    remoteName: name,
    parameters: { type: 'object', properties: {} },
    check: (args) => ('wrong' in args ? 'data must NOT have additional properties' : undefined),
    call,
  }
}

export function said(text: string): ToolOutcome {
  return { parts: [{ type: 'text', text }], isError: false }
}
