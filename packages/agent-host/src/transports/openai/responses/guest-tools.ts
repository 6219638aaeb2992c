import { toHostError } from '../../../core/errors.ts'
import type { CatalogTool } from '../../../catalog/catalog.ts'
import { listGuestTools } from '../../../catalog/guest-tools.ts'
import type { Guest, GuestServers } from '../../../mcp/guest-servers.ts'
import { badRequest } from './bad-request.ts'
import type { McpTool, RequestTool } from './tool-schema.ts'

/** The servers that one request names by their URL, while its run lasts. */
export interface GuestTools {
  /** The tools of the server that this tool of the request names, or why there are none, in words. */
  find(tool: McpTool): { tools: readonly CatalogTool[] } | { error: string } | undefined
  close(): Promise<void>
}

const none: GuestTools = { find: () => undefined, async close() {} }

/**
 * Connects to the servers of a request and lists their tools; a server that cannot be reached is no failure of ours.
 * @throws HostError `invalid_request` for one that the operator has not allowed.
 */
export async function openGuestTools(
  tools: readonly RequestTool[],
  catalog: readonly CatalogTool[],
  servers: GuestServers,
): Promise<GuestTools> {
  const guests = tools.flatMap((tool, index) => {
    const guest = tool.type === 'mcp' ? toGuest(tool, `tools[${index}]`, servers) : undefined
    return guest ? [{ tool, guest }] : []
  })
  if (guests.length === 0) return none
  const connections = guests.map(({ guest }) => servers.connect(guest))
  const lists = await listGuestTools(connections, catalog)
  const found = new Map<RequestTool, (typeof lists)[number]>(guests.map(({ tool }, i) => [tool, lists[i] ?? noTools]))
  return {
    find(tool) {
      const list = found.get(tool)
      return list && 'error' in list ? { error: toHostError(list.error).message } : list
    },
    async close() {
      await Promise.all(connections.map((connection) => connection.close()))
    },
  }
}

const noTools = { tools: [] }

function toGuest(tool: McpTool, path: string, servers: GuestServers): Guest | undefined {
  const { server_url: url, server_label: label, authorization } = tool
  if (url == null) {
    if (authorization != null || tool.headers != null) {
      throw badRequest(`${path}.server_url`, 'is needed for the server that headers and authorization are for')
    }
    return undefined
  }
  if (!servers.allows(url)) {
    const { origin } = new URL(url)
    throw badRequest(
      `${path}.server_url`,
      `${origin} is not among the MCP servers that clients may name here; ALLOWED_MCP_SERVERS lists them`,
    )
  }
  const headers = { ...tool.headers }
  const given = Object.keys(headers).find((name) => name.toLowerCase() === 'authorization')
  if (authorization == null) return { label, url, headers }
  if (given !== undefined) {
    throw badRequest(`${path}.authorization`, `cannot be given together with the header ${given}`)
  }
  const value = /^\S+ \S/.test(authorization) ? authorization : `Bearer ${authorization}`
  return { label, url, headers: { ...headers, authorization: value } }
}
