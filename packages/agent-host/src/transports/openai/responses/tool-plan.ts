import type { CatalogTool } from '../../../catalog/catalog.ts'
import { nameTools } from '../../../catalog/tool-names.ts'
import type { ToolSpec } from '../../../core/tool.ts'
import { badRequest } from './bad-request.ts'
import type { McpToolList } from './mcp-writer.ts'
import { asksFor, type McpSelection, selectMcpTools, selectOwnTools, type ToolSources } from './mcp-selection.ts'
import type { NamedTool } from './named-tool.ts'
import type { ClientTool, NamespaceTool, RequestTool } from './tool-schema.ts'

/** What a Response's model may call, and what stands behind each name. */
export interface ToolPlan {
  /** Functions in place of every tool that the client runs. */
  clientTools: readonly ToolSpec[]
  named: ReadonlyMap<string, NamedTool>
  lists: readonly McpToolList[]
  /** The tools that run here. */
  tools: readonly CatalogTool[]
  /** The name that the model calls a client's tool by, also one that is not in the request any more. */
  toCallName(name: string, namespace: string | undefined): string
  toMcpName(label: string, name: string): string
}

interface ClientEntry {
  tool: ClientTool
  namespace: NamespaceTool | undefined
}

/** @throws HostError `invalid_request` for two tools of one name, two servers of one label, or one that is not there. */
export function createToolPlan(tools: readonly RequestTool[], sources: ToolSources): ToolPlan {
  const entries = tools.flatMap(toEntries)
  const requested = tools.flatMap((tool, index) =>
    tool.type === 'mcp' ? [selectMcpTools(tool, `tools[${index}]`, sources)] : [],
  )
  const clientNames = new Set(entries.map(({ tool }) => tool.name))
  const selections = [...requested, ...selectOwnTools(requested, clientNames, sources)]
  refuseDoubles(tools)
  const offered = new Map(selections.flatMap((selection) => selection.tools.map((tool) => [tool.name, tool])))
  const origins = [
    ...entries.map(({ tool, namespace }) => ({ server: namespace?.name ?? 'client', tool: tool.name })),
    ...[...offered.keys()].map((tool) => ({ server: 'mcp', tool })),
  ]
  const names = nameTools(origins)
  const callName = (index: number): string => names[index] ?? ''
  const byOrigin = new Map(entries.map(({ tool, namespace }, i) => [key(tool.name, namespace?.name), callName(i)]))
  const mcpName = new Map(
    [...sources.catalog, ...offered.values()].map((tool) => [key(tool.remoteName, tool.server), tool.name]),
  )
  return {
    clientTools: entries.map((entry, i) => toFunction(entry, callName(i))),
    named: new Map([
      ...entries.map((entry, i) => [callName(i), toNamed(entry)] as const),
      ...namedMcp(selections, sources),
    ]),
    lists: requested.map(({ list }) => list),
    tools: [...offered.values()],
    toCallName: (name, namespace) => byOrigin.get(key(name, namespace)) ?? namespace?.concat('__', name) ?? name,
    toMcpName: (label, name) => mcpName.get(key(name, label)) ?? name,
  }
}

function key(name: string, owner: string | undefined): string {
  return JSON.stringify([owner ?? null, name])
}

function toEntries(tool: RequestTool): ClientEntry[] {
  if (tool.type === 'mcp') return []
  if (tool.type !== 'namespace') return [{ tool, namespace: undefined }]
  return tool.tools.map((inner) => ({ tool: inner, namespace: tool }))
}

function refuseDoubles(tools: readonly RequestTool[]): void {
  const seen = new Set<string>()
  const labels = new Map<string, unknown>()
  for (const [index, tool] of tools.entries()) {
    if (tool.type === 'mcp') {
      const { server_label: label, server_url: url = null } = tool
      if (labels.has(label) && labels.get(label) !== url) {
        throw badRequest(`tools[${index}].server_label`, `there are two servers labelled ${JSON.stringify(label)}`)
      }
      labels.set(label, url)
    }
    for (const { tool: own, namespace } of toEntries(tool)) {
      const id = key(own.name, namespace?.name)
      if (seen.has(id))
        throw badRequest(`tools[${index}].name`, `there are two tools named ${JSON.stringify(own.name)}`)
      seen.add(id)
    }
  }
}

function toNamed({ tool, namespace }: ClientEntry): NamedTool {
  return { kind: tool.type, name: tool.name, ...(namespace && { namespace: namespace.name }) }
}

function namedMcp(selections: readonly McpSelection[], { mustAsk }: ToolSources): (readonly [string, NamedTool])[] {
  return selections.flatMap((selection) =>
    selection.tools.map((tool) => {
      const { label } = selection.list
      const asks = asksFor(selection, tool) || mustAsk(tool)
      return [tool.name, { kind: 'mcp', name: tool.remoteName, label, asks }] as const
    }),
  )
}

function toFunction({ tool, namespace }: ClientEntry, name: string): ToolSpec {
  const about = [namespace?.description, tool.description].filter((text) => text != null && text !== '').join('\n')
  if (tool.type === 'function') {
    const parameters = tool.parameters ?? { type: 'object', properties: {} }
    return { name, ...(about !== '' && { description: about }), parameters }
  }
  const { format } = tool
  const form =
    format?.type === 'grammar' ? `Its input must follow this ${format.syntax} grammar:\n${format.definition}` : ''
  return {
    name,
    description: [about, form].filter((text) => text !== '').join('\n'),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text' } },
      required: ['input'],
      additionalProperties: false,
    },
  }
}
