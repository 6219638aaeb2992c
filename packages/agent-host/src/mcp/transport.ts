import {
  type FetchLike,
  isJSONRPCRequest,
  type JSONRPCMessage,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { HttpServerConfig, McpServerConfig } from '../config/mcp-servers.ts'

/** A server that nobody configured, reached in a way of its own. */
export interface GuestConfig {
  type: 'guest'
  url: string
  headers: Record<string, string>
  fetch: FetchLike
}

/** One way to reach a server. */
export interface TransportAttempt {
  open: () => Transport
  /** Only the 2025 era exists on legacy HTTP+SSE, so there is nothing to negotiate. */
  legacyOnly: boolean
}

/**
 * The transports to try for a server, in order: its own, and for `http` the older SSE one behind it, as the
 * specification's backwards compatibility asks of clients (Transports, 2025-11-25).
 */
export function transportsFor(
  config: McpServerConfig | GuestConfig,
  onStderr: (line: string) => void,
): TransportAttempt[] {
  if (config.type === 'guest') return [{ legacyOnly: false, open: () => openGuest(config) }]
  if (config.type === 'stdio') {
    return [{ legacyOnly: false, open: () => openStdio(config, onStderr) }]
  }
  const sse = { legacyOnly: true, open: () => new SSEClientTransport(new URL(config.url), toOptions(config)) }
  if (config.type === 'sse') return [sse]
  const streamable = () => new HttpTransport(new URL(config.url), toOptions(config))
  return [{ legacyOnly: false, open: streamable }, sse]
}

type SendOptions = Parameters<StreamableHTTPClientTransport['send']>[1]

/** What a request is told whose stream ended without an answer. */
export const noAnswer = 'The server ended the stream before it answered.'

/** Streamable HTTP where a server that goes away fails the requests it was answering, which the SDK leaves waiting. */
class HttpTransport extends StreamableHTTPClientTransport {
  override async send(message: JSONRPCMessage | JSONRPCMessage[], options?: SendOptions): Promise<void> {
    if (!isJSONRPCRequest(message) || options?.onRequestStreamEnd) return await super.send(message, options)
    const error = { code: -32_000, message: noAnswer }
    const onRequestStreamEnd = (): void => this.onmessage?.({ jsonrpc: '2.0', id: message.id, error })
    return await super.send(message, { ...options, onRequestStreamEnd })
  }
}

function openGuest({ url, headers, fetch }: GuestConfig): Transport {
  return new GuestTransport(new URL(url), { requestInit: { headers }, fetch })
}

/** Connections to guests are short, so that each is to leave no session behind (Transports, 2025-11-25). */
class GuestTransport extends HttpTransport {
  override async close(): Promise<void> {
    // A server that forgets its sessions by itself may refuse this.
    await this.terminateSession().catch(() => undefined)
    await super.close()
  }
}

function toOptions({ headers }: HttpServerConfig): { requestInit: { headers: Record<string, string> } } {
  return { requestInit: { headers } }
}

function openStdio(config: Extract<McpServerConfig, { type: 'stdio' }>, onStderr: (line: string) => void): Transport {
  const { command, args, env, cwd } = config
  const transport = new StdioClientTransport({ command, args, env, stderr: 'pipe', ...(cwd && { cwd }) })
  // An unread pipe fills up and stops the server, so its words are always taken.
  transport.stderr?.on('data', (bytes: Buffer) => {
    for (const line of bytes.toString('utf8').split('\n')) if (line.trim() !== '') onStderr(line)
  })
  return transport
}
