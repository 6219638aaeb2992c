import {
  type CallToolResult,
  type InputRequiredResult,
  McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import * as z from 'zod/v4'
import { type Confirmations, createConfirmations } from './confirmations.ts'
import { type ToolError, toToolError } from './errors.ts'
import { toListedSchema } from './listed-schema.ts'
import { packageInfo } from './package-info.ts'
import { createProgress } from './progress.ts'
import { createTools } from './tools/registry.ts'
import type { Tool } from './tools/tool.ts'

/** An hour: the list changes only with the program. */
const listTtlMs = 3_600_000

const failure = z.object({
  error: z.object({
    code: z.string().describe('One of a closed list, such as `blocked_address` or `timeout`'),
    message: z.string().describe('What happened and what to do about it'),
  }),
})

/** What every server of one program shares. */
interface Shared {
  readonly confirmations: Confirmations
  readonly onError: (error: unknown) => void
}

/**
 * Makes the MCP servers of one program, which offer `tools`; by default a fresh set with the settings' defaults. Use a
 * server for one connection or request. `onError` is told of failures that no tool foresaw, of which the client learns
 * nothing.
 */
export function createServerFactory(
  tools: readonly Tool[] = createTools(),
  onError: (error: unknown) => void = () => undefined,
): () => McpServer {
  const shared = { confirmations: createConfirmations(onError), onError }
  return () => {
    const server = new McpServer(packageInfo, {
      capabilities: { tools: { listChanged: false } },
      cacheHints: { 'tools/list': { ttlMs: listTtlMs, cacheScope: 'public' } },
      requestState: { verify: shared.confirmations.verify },
    })
    for (const tool of tools) register(server, tool, shared)
    return server
  }
}

function register(server: McpServer, tool: Tool, shared: Shared): void {
  const { name, title, description, annotations } = tool
  const inputSchema = withoutValidation(tool.input)
  // Clients of the older SDK check `structuredContent` of failures too, so the schema has to admit them.
  const outputSchema = withoutValidation(z.union([tool.output, failure]))
  server.registerTool(name, { title, description, annotations, inputSchema, outputSchema }, (args, context) =>
    answer(tool, args, { context, server, ...shared }),
  )
}

/**
 * The schema as it is listed, but accepting anything: the SDK would answer what does not fit in words of its own,
 * without a code; the tool checks both ways itself.
 */
function withoutValidation(schema: z.ZodType) {
  const { vendor, jsonSchema } = schema['~standard']
  const listed = {
    input: (options: Parameters<typeof jsonSchema.input>[0]) => toListedSchema(jsonSchema.input(options)),
    output: (options: Parameters<typeof jsonSchema.output>[0]) => toListedSchema(jsonSchema.output(options)),
  }
  return { '~standard': { version: 1 as const, vendor, jsonSchema: listed, validate: (value: unknown) => ({ value }) } }
}

async function answer(
  tool: Tool,
  args: unknown,
  { context, server, confirmations, onError }: Shared & { context: ServerContext; server: McpServer },
): Promise<CallToolResult | InputRequiredResult> {
  const { confirm, needed } = confirmations.begin(context, server.server.getClientCapabilities())
  const progress = createProgress(context, onError)
  try {
    const call = { signal: toSignal(context), confirm, ...(progress !== undefined && { progress }) }
    const { structured, content } = await tool.run(args, call)
    return { content, structuredContent: structured }
  } catch (thrown) {
    const input = needed()
    if (input !== undefined) return input
    const error = toToolError(thrown)
    if (error !== thrown) onError(thrown)
    return toFailure(error)
  }
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
