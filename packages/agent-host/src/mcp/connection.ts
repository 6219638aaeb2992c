import {
  type CallToolRequestOptions,
  type CallToolResult,
  type Client,
  type PriorDiscovery,
  SdkError,
  SdkErrorCode,
  type Tool,
} from '@modelcontextprotocol/client'
import type { McpServerConfig } from '../config/mcp-servers.ts'
import { HostError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { openClient } from './open-client.ts'
import { transportsFor } from './transport.ts'

export type { CallToolResult, Tool }

export interface CallOptions {
  signal?: AbortSignal | undefined
  timeoutMs: number
  onProgress?: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void
}

/** One configured MCP server. It connects on first use, and again after the connection was lost. */
export interface McpConnection {
  readonly name: string
  /** Every tool of the server, in its own order. @throws HostError `tool_server_failed` */
  tools(): Promise<Tool[]>
  /** @throws HostError `tool_server_failed` where the server fails, rather than the tool. */
  call(tool: string, args: Record<string, unknown>, options: CallOptions): Promise<CallToolResult>
  /** Asks the server for a sign of life. @throws HostError `tool_server_failed` */
  ping(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

export interface ConnectionOptions {
  log: Logger
  /** How long opening a connection may take, in milliseconds. */
  connectTimeoutMs: number
  /** The server said that its list of tools is another now. */
  onToolsChanged?: () => void
}

export function createConnection(name: string, config: McpServerConfig, options: ConnectionOptions): McpConnection {
  const { log, connectTimeoutMs: timeoutMs, onToolsChanged } = options
  let opening: Promise<Client> | undefined
  let prior: PriorDiscovery | undefined
  let closed = false

  async function open(): Promise<Client> {
    const attempts = transportsFor(config, (line) => log.debug({ server: name, line }, 'MCP server wrote to stderr'))
    const client = await openClient(attempts, { timeoutMs, prior, onToolsChanged })
    const discover = client.getDiscoverResult()
    prior = discover ? { kind: 'modern', discover } : { kind: 'legacy' }
    log.info({ server: name, version: client.getNegotiatedProtocolVersion() }, 'MCP server connected')
    client.onerror = (error) => log.debug({ server: name, reason: error.message }, 'MCP connection reported an error')
    client.onclose = () => closed || log.warn({ server: name }, 'MCP server closed the connection')
    return client
  }

  async function connected(): Promise<Client> {
    if (closed) throw new Error('is not used any more: agent-host is shutting down.')
    const attempt = (opening ??= open())
    const client = await attempt.catch((error: unknown) => {
      if (opening === attempt) opening = undefined
      throw error
    })
    if (client.transport) return client
    if (opening === attempt) opening = undefined
    return await connected()
  }

  async function use<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    try {
      return await work(await connected())
    } catch (error) {
      throw fault(name, error)
    }
  }

  return {
    name,
    tools: () => use(async (client) => (await client.listTools(undefined, { timeout: timeoutMs })).tools),
    call: (tool, args, call) => use((client) => client.callTool({ name: tool, arguments: args }, toRequest(call))),
    ping: (pingTimeoutMs) =>
      use(async (client) => {
        const modern = client.getProtocolEra() === 'modern'
        await (modern ? client.discover({ timeout: pingTimeoutMs }) : client.ping({ timeout: pingTimeoutMs }))
      }),
    async close() {
      closed = true
      const client = await opening?.catch(() => undefined)
      await client?.close()
    },
  }
}

function toRequest({ signal, timeoutMs, onProgress }: CallOptions): CallToolRequestOptions {
  return { timeout: timeoutMs, ...(signal && { signal }), ...(onProgress && { onprogress: onProgress }) }
}

function fault(name: string, error: unknown): unknown {
  if (error instanceof HostError || (error instanceof Error && error.name === 'AbortError')) return error
  return new HostError('tool_server_failed', `MCP server "${name}" ${inWords(error)}`, {
    cause: error,
    details: { server: name },
  })
}

function inWords(error: unknown): string {
  if (error instanceof SdkError && error.code === SdkErrorCode.ConnectionClosed) return 'closed the connection.'
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) return 'did not answer in time.'
  return `failed: ${error instanceof Error ? error.message : String(error)}`
}
