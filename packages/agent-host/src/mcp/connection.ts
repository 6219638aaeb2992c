import {
  type CallToolRequestOptions,
  type CallToolResult,
  type Client,
  type PriorDiscovery,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
  type Tool,
} from '@modelcontextprotocol/client'
import type { McpServerConfig } from '../config/mcp-servers.ts'
import { HostError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { openClient } from './open-client.ts'
import { type GuestConfig, noAnswer, transportsFor } from './transport.ts'

export type { CallToolResult, Tool }

export interface CallOptions {
  signal?: AbortSignal | undefined
  timeoutMs: number
  onProgress?: (progress: { progress: number; total?: number | undefined; message?: string | undefined }) => void
}

/** One MCP server. It connects on first use, and again after the connection was lost. */
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

export function createConnection(
  name: string,
  config: McpServerConfig | GuestConfig,
  options: ConnectionOptions,
): McpConnection {
  const kept = keepClient(name, config, options)

  async function use<Result>(work: (client: Client) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    try {
      signal?.throwIfAborted()
      const client = await kept.get()
      return await work(client).catch(async (error: unknown) => {
        if (!isLostSession(error)) throw error
        // A server that was restarted has done nothing of this request (Transports, 2025-11-25: Session Management).
        await client.close()
        return await work(await kept.get())
      })
    } catch (error) {
      // The SDK tells an abort as a timeout.
      signal?.throwIfAborted()
      throw fault(name, error)
    }
  }

  return {
    name,
    tools: () =>
      use(async (client) => {
        // The SDK would say so on stdout.
        if (!client.getServerCapabilities()?.tools) return []
        return (await client.listTools(undefined, { timeout: options.connectTimeoutMs })).tools
      }),
    call: (tool, args, call) =>
      use((client) => client.callTool({ name: tool, arguments: args }, toRequest(call)), call.signal),
    ping: (pingTimeoutMs) =>
      use(async (client) => {
        const modern = client.getProtocolEra() === 'modern'
        await (modern ? client.discover({ timeout: pingTimeoutMs }) : client.ping({ timeout: pingTimeoutMs }))
      }),
    close: () => kept.close(),
  }
}

/** The client of one server, opened when it is needed and again after it was lost; calls at once share one opening. */
interface KeptClient {
  get(): Promise<Client>
  close(): Promise<void>
}

function keepClient(name: string, config: McpServerConfig | GuestConfig, options: ConnectionOptions): KeptClient {
  const { log, connectTimeoutMs: timeoutMs, onToolsChanged } = options
  const closing = new AbortController()
  let opening: Promise<Client> | undefined
  let prior: PriorDiscovery | undefined

  async function open(): Promise<Client> {
    const attempts = transportsFor(config, (line) => log.debug({ server: name, line }, 'MCP server wrote to stderr'))
    const client = await openClient(attempts, { timeoutMs, prior, onToolsChanged, signal: closing.signal })
    const discover = client.getDiscoverResult()
    prior = discover ? { kind: 'modern', discover } : { kind: 'legacy' }
    log.info({ server: name, version: client.getNegotiatedProtocolVersion() }, 'MCP server connected')
    client.onerror = (error) => {
      // Every stream ends: most were answered before, and the SDK wonders at what we add.
      if (error.message.includes(noAnswer)) return
      log.debug({ server: name, reason: error.message }, 'MCP connection reported an error')
      // Its stream is the session: what answers after a new one was opened knows nothing of this client.
      if (error instanceof SseError) void client.close()
    }
    client.onclose = () => closing.signal.aborted || log.warn({ server: name }, 'MCP server closed the connection')
    return client
  }

  async function get(): Promise<Client> {
    if (closing.signal.aborted) throw new Error('agent-host is shutting down.')
    const attempt = (opening ??= open())
    const client = await attempt.catch((error: unknown) => {
      if (opening === attempt) opening = undefined
      throw error
    })
    if (client.transport) return client
    if (opening === attempt) opening = undefined
    return await get()
  }

  return {
    get,
    async close() {
      closing.abort()
      const client = await opening?.catch(() => undefined)
      await client?.close()
    },
  }
}

function toRequest({ signal, timeoutMs, onProgress }: CallOptions): CallToolRequestOptions {
  return { timeout: timeoutMs, ...(signal && { signal }), ...(onProgress && { onprogress: onProgress }) }
}

function isLostSession(error: unknown): boolean {
  return error instanceof SdkHttpError && error.status === 404
}

function fault(name: string, error: unknown): HostError {
  if (error instanceof HostError) return error
  return new HostError('tool_server_failed', `MCP server "${name}" ${inWords(error)}`, {
    cause: error,
    details: { server: name },
  })
}

function inWords(error: unknown): string {
  if (error instanceof SdkError && error.code === SdkErrorCode.ConnectionClosed) return 'closed the connection.'
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) return 'did not answer in time.'
  const status = error instanceof SdkHttpError ? ` (HTTP ${error.status})` : ''
  return `failed${status}: ${error instanceof Error ? error.message : String(error)}`
}
