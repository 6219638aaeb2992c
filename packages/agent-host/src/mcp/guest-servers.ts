import type { GuardedClient } from 'mcp-tools'
import { HostError } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { type CallToolResult, createConnection, type McpConnection } from './connection.ts'
import { createGuardedFetch } from './guarded-fetch.ts'

/** An MCP server that a client names by its URL. */
export interface Guest {
  /** What the client calls it. */
  label: string
  url: string
  /** Secrets may be among them: they are sent to the server, and go nowhere else. */
  headers: Record<string, string>
}

/** The way to servers that clients name. */
export interface GuestServers {
  /** Whether the operator's rules list this URL. */
  allows(url: string): boolean
  /** A connection for one use, not yet open; close it. Only for a URL that is allowed. */
  connect(guest: Guest): McpConnection
  /** Closes the connections that are open still. */
  close(): Promise<void>
}

export interface GuestOptions {
  log: Logger
  /** Of one tool call, in milliseconds. */
  toolTimeoutMs: number
}

const connectTimeoutMs = 10_000

/** Most of one answer: images travel in it as text. */
const mostBytes = 16 * 1024 * 1024

/**
 * Reaches the servers that `rules` list, in the grammar of `HTTP_ALLOW`, and nobody without any.
 * @throws HostError `invalid_config` naming a rule that cannot be read.
 */
export async function openGuestServers(rules: readonly string[], options: GuestOptions): Promise<GuestServers> {
  if (rules.length === 0) return { allows: () => false, connect: refuse, async close() {} }
  // Heavy, and needed by few.
  const { createGuardedClient } = await import('mcp-tools')
  const limits = { maxTimeoutMs: options.toolTimeoutMs, maxWireBytes: mostBytes, maxBodyBytes: mostBytes }
  try {
    return createGuestServers(createGuardedClient({ allow: rules.join(' '), limits }), options)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HostError('invalid_config', `ALLOWED_MCP_SERVERS: ${reason}`, { cause: error })
  }
}

function refuse(): never {
  throw new HostError('internal', 'No server is allowed, so that none is connected to.')
}

function createGuestServers(client: GuardedClient, { log, toolTimeoutMs }: GuestOptions): GuestServers {
  const open = new Set<McpConnection>()
  const fetch = createGuardedFetch(client, toolTimeoutMs)
  // What a guest says may hold the secrets that it was sent.
  const quiet: Logger = {
    debug() {},
    info() {},
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  }
  return {
    allows(url) {
      try {
        return client.isListed(url, 'POST')
      } catch {
        // Too long, or none that could be called.
        return false
      }
    },
    connect({ label, url, headers }) {
      const config = { type: 'guest', url, headers, fetch } as const
      const connection = withoutSecrets(createConnection(label, config, { log: quiet, connectTimeoutMs }), headers)
      open.add(connection)
      return {
        ...connection,
        async close() {
          await connection.close()
          open.delete(connection)
        },
      }
    },
    async close() {
      await Promise.all([...open].map((connection) => connection.close()))
      await client.close()
    },
  }
}

/** Names of headers that hold secrets, as people name them. */
const secretName = /auth|token|key|secret|cookie|session|password/i

/** Shorter values are no secrets worth the name, and stand in every second word. */
const shortest = 6

/** The same connection, but that a server which repeats the secrets it was sent is not heard to do so. */
function withoutSecrets(connection: McpConnection, headers: Guest['headers']): McpConnection {
  const values = Object.entries(headers).flatMap(([name, value]) => (secretName.test(name) ? [value] : []))
  const secrets = values
    .flatMap((value) => [value, value.replace(/^\S+ +/, '')])
    .filter(({ length }) => length >= shortest)
  if (secrets.length === 0) return connection
  const hide = (text: string): string => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  const hideIn = (_: string, value: unknown): unknown => (typeof value === 'string' ? hide(value) : value)

  async function told<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      throw new HostError(error.code, hide(error.message), error.details && { details: error.details })
    }
  }

  return {
    ...connection,
    tools: () => told(connection.tools()),
    async call(tool, args, options) {
      const result = await told(connection.call(tool, args, options))
      return JSON.parse(JSON.stringify(result), hideIn) as CallToolResult
    },
    ping: (timeoutMs) => told(connection.ping(timeoutMs)),
  }
}
