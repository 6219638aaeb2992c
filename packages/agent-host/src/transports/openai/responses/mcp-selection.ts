import type { CatalogTool } from '../../../catalog/catalog.ts'
import { badRequest } from './bad-request.ts'
import type { GuestTools } from './guest-tools.ts'
import type { McpToolList } from './mcp-writer.ts'
import type { McpTool } from './tool-schema.ts'

/** What a request takes of one MCP server. */
export interface McpSelection {
  request: McpTool
  tools: readonly CatalogTool[]
  list: McpToolList
}

type Filter = Exclude<McpTool['allowed_tools'], string[] | null | undefined>

/** The tools that are there for a request: those of the configured servers, and of servers that it names itself. */
export interface ToolSources {
  catalog: readonly CatalogTool[]
  guests: Pick<GuestTools, 'find'>
  /** Whether the operator wants a person to approve each call of this tool. */
  mustAsk(tool: CatalogTool): boolean
  /** Whether this server of the catalog is there without being named, as the agent's are. */
  isOwn(label: string): boolean
}

/** @throws HostError `invalid_request` where no such server is configured. */
export function selectMcpTools(request: McpTool, path: string, { catalog, guests }: ToolSources): McpSelection {
  const { server_label: label, server_description: about, allowed_tools: allowed } = request
  const found = guests.find(request) ?? { tools: ofServer(label, `${path}.server_label`, catalog) }
  if ('error' in found) return { request, tools: [], list: { label, tools: [], error: found.error } }
  const filter = Array.isArray(allowed) ? { tool_names: allowed } : allowed
  const tools = filter == null ? found.tools : found.tools.filter((tool) => fits(tool, filter))
  return { request, tools: tools.map((tool) => withAbout(tool, about)), list: { label, tools: tools.map(toListed) } }
}

/** What is there without being named; what the client brings along stands before a tool of ours with the same name. */
export function selectOwnTools(
  selected: readonly McpSelection[],
  clientNames: ReadonlySet<string>,
  { catalog, isOwn }: ToolSources,
): McpSelection[] {
  const taken = new Set(selected.map(({ list }) => list.label))
  const labels = new Set(catalog.map(({ server }) => server).filter((label) => isOwn(label) && !taken.has(label)))
  return [...labels].map((label) => ({
    request: { type: 'mcp', server_label: label, require_approval: 'never' },
    tools: catalog.filter(({ server, name }) => server === label && !clientNames.has(name)),
    list: { label, tools: [] },
  }))
}

function ofServer(label: string, path: string, catalog: readonly CatalogTool[]): readonly CatalogTool[] {
  const all = catalog.filter(({ server }) => server === label)
  if (all.length > 0) return all
  const labels = [...new Set(catalog.map(({ server }) => server))].join(', ')
  throw badRequest(path, `no MCP server ${JSON.stringify(label)} answers here; there are: ${labels || 'none'}`)
}

/** The model is told what the client says of a server with each of its tools. */
function withAbout(tool: CatalogTool, about: string | null | undefined): CatalogTool {
  if (about == null || about === '') return tool
  return { ...tool, description: tool.description === undefined ? about : `${about}\n${tool.description}` }
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
