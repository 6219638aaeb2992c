import { type CallToolResult, McpServer, type ServerContext } from '@modelcontextprotocol/server'
import * as z from 'zod/v4'
import { type ToolError, toToolError } from './errors.ts'
import { createTools } from './tools/registry.ts'
import type { Tool } from './tools/tool.ts'
import { packageInfo } from './package-info.ts'

/** An hour: the list changes only with the program. */
const listTtlMs = 3_600_000

const failure = z.object({
  error: z.object({
    code: z.string().describe('One of a closed list, such as `blocked_address` or `timeout`'),
    message: z.string().describe('What happened and what to do about it'),
  }),
})

/**
 * An MCP server that offers `tools`; by default a fresh set with the settings' defaults. `onError` is told of failures
 * that no tool foresaw, of which the client learns nothing.
 *
 * Make one per connection or request; share the tools between them.
 */
export function buildServer(
  tools: readonly Tool[] = createTools(),
  onError: (error: unknown) => void = () => undefined,
): McpServer {
  const server = new McpServer(packageInfo, {
    capabilities: { tools: { listChanged: false } },
    cacheHints: { 'tools/list': { ttlMs: listTtlMs, cacheScope: 'public' } },
  })
  for (const tool of tools) register(server, tool, onError)
  return server
}

function register(server: McpServer, tool: Tool, onError: (error: unknown) => void): void {
  const { name, title, description, annotations } = tool
  const inputSchema = withoutValidation(tool.input)
  // Clients of the older SDK check `structuredContent` of failures too, so the schema has to admit them.
  const outputSchema = withoutValidation(z.union([tool.output, failure]))
  server.registerTool(name, { title, description, annotations, inputSchema, outputSchema }, (args, context) =>
    answer(tool, args, context).catch((thrown: unknown) => {
      const error = toToolError(thrown)
      if (error !== thrown) onError(thrown)
      return toFailure(error)
    }),
  )
}

/**
 * The schema as it is listed, but accepting anything: the SDK would answer what does not fit in words of its own,
 * without a code; the tool checks both ways itself.
 */
function withoutValidation(schema: z.ZodType) {
  const { vendor, jsonSchema } = schema['~standard']
  return { '~standard': { version: 1 as const, vendor, jsonSchema, validate: (value: unknown) => ({ value }) } }
}

async function answer(tool: Tool, args: unknown, context: ServerContext): Promise<CallToolResult> {
  const { structured, content } = await tool.run(args, { signal: toSignal(context) })
  return { content, structuredContent: structured }
}

function toFailure({ code, message }: ToolError): CallToolResult {
  return {
    content: [{ type: 'text', text: `Error ${code}: ${message}` }],
    structuredContent: { error: { code, message } },
    isError: true,
  }
}

/** Over HTTP in the older era a lost connection aborts only the request, not the MCP call; either ends the call. */
function toSignal(context: ServerContext): AbortSignal {
  const connection = context.http?.req?.signal
  return connection === undefined ? context.mcpReq.signal : AbortSignal.any([context.mcpReq.signal, connection])
}
