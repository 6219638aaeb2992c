import type { McpConnection } from '../mcp/connection.ts'
import { type CatalogTool, listTools, toCatalogTool } from './catalog.ts'
import { nameTools } from './tool-names.ts'

/** What a server that a client named was found to have. */
export type GuestList = { tools: readonly CatalogTool[] } | { error: unknown }

/**
 * The tools of these servers, in the same order, under names that no tool of the catalog has. A server that fails has
 * the failure in the place of its tools.
 */
export async function listGuestTools(
  connections: readonly McpConnection[],
  catalog: readonly CatalogTool[],
): Promise<GuestList[]> {
  const lists = await Promise.allSettled(connections.map(listTools))
  const found = lists.map((list) => (list.status === 'fulfilled' ? list.value : []))
  const known = catalog.map(({ server, remoteName }) => ({ server, tool: remoteName }))
  const origins = found.flatMap((tools, i) =>
    tools.map((tool) => ({ server: connections[i]?.name ?? '', tool: tool.name })),
  )
  const names = nameTools([...known, ...origins])
    .slice(known.length)
    .values()
  return connections.map((connection, i) => {
    const list = lists[i]
    if (list?.status === 'rejected') return { error: list.reason as unknown }
    const tools = (found[i] ?? []).map((tool) => {
      const name = names.next().value ?? tool.name
      return { ...toCatalogTool(connection, tool, name), isGuest: true as const }
    })
    return { tools }
  })
}
