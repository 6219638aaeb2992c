import type { ToolOutcome } from '../core/events.ts'
import type { Part } from '../core/message.ts'
import { toText } from '../core/message.ts'
import type { CallToolResult } from '../mcp/connection.ts'

type Content = CallToolResult['content'][number]

/** An MCP result as parts for the model. A tool that gave only typed output is shown that as JSON. */
export function toOutcome({ content, structuredContent, isError }: CallToolResult): ToolOutcome {
  const parts = content.map(toPart)
  if (parts.length === 0) {
    parts.push({ type: 'text', text: structuredContent === undefined ? '' : JSON.stringify(structuredContent) })
  }
  return {
    parts,
    isError: isError ?? false,
    ...(structuredContent !== undefined && { structured: structuredContent }),
  }
}

/** A failure of ours or of the tool's server, told to the model as a result that it can act on. */
export function errorOutcome(message: string): ToolOutcome {
  return { parts: [{ type: 'text', text: message }], isError: true }
}

/** A result as one value for people and programs: its typed output, else its text. */
export function toValue({ structured, parts }: ToolOutcome): unknown {
  return structured ?? toText(parts)
}

function toPart(content: Content): Part {
  switch (content.type) {
    case 'text':
      return { type: 'text', text: content.text }
    case 'image':
    case 'audio':
      return { type: content.type, source: { type: 'base64', data: content.data, mediaType: content.mimeType } }
    case 'resource_link':
      return { type: 'text', text: `${content.title ?? content.name}: ${content.uri}` }
    case 'resource': {
      const { resource } = content
      if ('text' in resource) return { type: 'text', text: resource.text }
      const mediaType = resource.mimeType ?? 'application/octet-stream'
      return { type: 'file', source: { type: 'base64', data: resource.blob, mediaType } }
    }
  }
}
