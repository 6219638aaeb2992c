import type { CatalogTool } from '../../../catalog/catalog.ts'
import { badRequest } from './bad-request.ts'
import type { McpToolList } from './mcp-writer.ts'
import type { McpTool } from './tool-schema.ts'

/** What a request takes of one configured MCP server. */
export interface McpSelection {
  request: McpTool
  tools: readonly CatalogTool[]
  list: McpToolList
}

type Filter = Exclude<McpTool['allowed_tools'], string[] | null | undefined>

/** @throws HostError `invalid_request` where no such server is configured. */
export function selectMcpTools(request: McpTool, path: string, catalog: readonly CatalogTool[]): McpSelection {
  const { server_label: label, server_url: url, allowed_tools: allowed } = request
  if (url != null) {
    throw badRequest(`${path}.server_url`, 'MCP servers are configured by the operator here; name one by server_label')
  }
  const all = catalog.filter(({ server }) => server === label)
  if (all.length === 0) {
    const labels = [...new Set(catalog.map(({ server }) => server))].join(', ')
    throw badRequest(
      `${path}.server_label`,
      `no MCP server ${JSON.stringify(label)} answers here; there are: ${labels || 'none'}`,
    )
  }
  const filter = Array.isArray(allowed) ? { tool_names: allowed } : allowed
  const tools = filter == null ? all : all.filter((tool) => fits(tool, filter))
  return { request, tools, list: { label, tools: tools.map(toListed) } }
}

/** Whether each call of this tool waits for the client's approval; as in OpenAI's API, it does unless told otherwise. */
export function asksFor({ request }: McpSelection, tool: CatalogTool): boolean {
  const { require_approval: required } = request
  if (required == null || required === 'always') return true
  if (required === 'never') return false
  if (required.always != null && fits(tool, required.always)) return true
  return required.never == null || !fits(tool, required.never)
}

function fits({ remoteName, annotations }: CatalogTool, { tool_names: names, read_only: readOnly }: Filter): boolean {
  if (names != null && !names.includes(remoteName)) return false
  return readOnly == null || (annotations?.readOnlyHint ?? false) === readOnly
}

function toListed({ remoteName, description, parameters, annotations }: CatalogTool): McpToolList['tools'][number] {
  return {
    name: remoteName,
    description: description ?? null,
    input_schema: parameters,
    annotations: annotations ?? null,
  }
}
