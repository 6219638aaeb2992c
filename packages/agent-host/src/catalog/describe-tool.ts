import type { CatalogTool } from './catalog.ts'

/** A tool as people and programs are shown it; `null` where its server says nothing. */
export interface ToolDescription {
  name: string
  title: string | null
  description: string | null
  input_schema: CatalogTool['parameters']
  server: string
  annotations: Record<string, unknown> | null
}

export function describeTool(tool: CatalogTool): ToolDescription {
  return {
    name: tool.name,
    title: tool.title ?? null,
    description: tool.description ?? null,
    input_schema: tool.parameters,
    server: tool.server,
    annotations: tool.annotations ?? null,
  }
}
