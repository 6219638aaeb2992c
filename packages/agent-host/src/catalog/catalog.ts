import type { ToolOutcome } from '../core/events.ts'
import type { Logger } from '../core/logger.ts'
import type { ToolSpec } from '../core/tool.ts'
import type { CallOptions, McpConnection, Tool } from '../mcp/connection.ts'
import { type Check, createCheck } from './check-arguments.ts'
import { nameTools } from './tool-names.ts'
import { toOutcome } from './tool-outcome.ts'
import { toParameters } from './tool-schema.ts'

/** A tool of some MCP server, under the name that models call it by. */
export interface CatalogTool extends ToolSpec {
  title?: string
  server: string
  /** Its name at its own server. */
  remoteName: string
  annotations?: Tool['annotations']
  /** Its server was named by a client: what it says is for that client alone. */
  isGuest?: true
  /** Checks arguments by the tool's schema. */
  check: Check
  /** Runs it. @throws HostError `tool_server_failed` */
  call(args: Record<string, unknown>, options: CallOptions): Promise<ToolOutcome>
}

/** Every tool of every configured server. */
export interface Catalog {
  /** Sorted as the servers are configured, then as each lists them. A server that cannot be reached adds none. */
  tools(): Promise<readonly CatalogTool[]>
  /** Lists anew at the next {@link Catalog.tools}. */
  refresh(): void
}

export function createCatalog(connections: readonly McpConnection[], log: Logger): Catalog {
  let listing: Promise<readonly CatalogTool[]> | undefined
  return {
    async tools() {
      listing ??= list()
      return await listing
    },
    refresh() {
      listing = undefined
    },
  }

  async function list(): Promise<readonly CatalogTool[]> {
    const found = await Promise.all(connections.map(listOf))
    // An unreachable server may be back by the next request.
    if (found.includes(undefined)) listing = undefined
    const listed = found.flatMap((tools, i) => {
      const connection = connections[i]
      return connection && tools ? tools.map((tool) => ({ connection, tool })) : []
    })
    const names = nameTools(listed.map(({ connection, tool }) => ({ server: connection.name, tool: tool.name })))
    return listed.map(({ connection, tool }, i) => toCatalogTool(connection, tool, names[i] ?? tool.name))
  }

  async function listOf(connection: McpConnection): Promise<Tool[] | undefined> {
    try {
      return await listTools(connection)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ server: connection.name, reason }, 'the tools of an MCP server are missing')
      return undefined
    }
  }
}

/** The tools of one server. @throws HostError `tool_server_failed` */
export async function listTools(connection: McpConnection): Promise<Tool[]> {
  const tools = await connection.tools()
  // A server that lists a tool twice still has one of that name.
  return tools.filter((tool, i) => tools.findIndex(({ name }) => name === tool.name) === i)
}

export function toCatalogTool(connection: McpConnection, tool: Tool, name: string): CatalogTool {
  const title = tool.title ?? tool.annotations?.title
  return {
    name,
    ...(tool.description !== undefined && { description: tool.description }),
    parameters: toParameters(tool.inputSchema),
    ...(title !== undefined && { title }),
    server: connection.name,
    remoteName: tool.name,
    ...(tool.annotations && { annotations: tool.annotations }),
    check: createCheck(tool.inputSchema),
    call: async (args, options) => toOutcome(await connection.call(tool.name, args, options)),
  }
}
