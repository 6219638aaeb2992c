import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client'
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'

/** What a person at the client answers. */
export type Reply = { action: 'accept' | 'decline' | 'cancel'; content?: Record<string, boolean> }

/** Told what the person is asked. */
export type Person = (question: { readonly message: string; readonly schema: unknown }) => Reply | Promise<Reply>

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly onprogress?: (progress: { progress: number; total?: number | undefined }) => void
}

/** A client that is connected. */
export interface Connected {
  /** The negotiated revision. */
  readonly version: string | undefined
  call(name: string, args: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<CallResult>
  close(): Promise<void>
}

export interface CallResult {
  readonly structuredContent?: Readonly<Record<string, unknown>>
  readonly content?: unknown
  readonly isError?: boolean
}

/** Where a server is: a program to start, or the origin of one over HTTP. */
export interface Place {
  readonly script: string
  readonly origin: string
  /** For the program. */
  readonly env?: Readonly<Record<string, string>>
}

/** A client of some SDK, over some transport; without a person it cannot be asked anything. */
export type Connect = (place: Place, person?: Person) => Promise<Connected>

const info = { name: 'test', version: '1.0.0' }
const stdio = ({ script, env = {} }: Place) => ({ command: process.execPath, args: [script], env: { ...env } })

/** Each SDK's client over each transport, in each protocol era. */
export const mcpClients: readonly (readonly [name: string, connect: Connect])[] = [
  ['SDK v1, stdio', (place, person) => openV1(new StdioClientTransport(stdio(place)), person)],
  [
    'SDK v1, Streamable HTTP',
    (place, person) => openV1(new StreamableHTTPClientTransport(new URL('/mcp', place.origin)), person),
  ],
  ['SDK v1, HTTP+SSE', (place, person) => openV1(new SSEClientTransport(new URL('/sse', place.origin)), person)],
  ['SDK v2, stdio, 2025', (place, person) => openV2(new ModernStdio(stdio(place)), 'legacy', person)],
  ['SDK v2, stdio, 2026', (place, person) => openV2(new ModernStdio(stdio(place)), 'auto', person)],
  [
    'SDK v2, Streamable HTTP, 2025',
    (place, person) => openV2(new ModernHttp(new URL('/mcp', place.origin)), 'legacy', person),
  ],
  [
    'SDK v2, Streamable HTTP, 2026',
    (place, person) => openV2(new ModernHttp(new URL('/mcp', place.origin)), 'auto', person),
  ],
]

async function openV1(transport: Parameters<Client['connect']>[0], person?: Person): Promise<Connected> {
  const client = new Client(info, { capabilities: person === undefined ? {} : { elicitation: {} } })
  if (person !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      return person({ message: params.message, schema: 'requestedSchema' in params ? params.requestedSchema : {} })
    })
  }
  await client.connect(transport)
  // Listing makes this client check every result against its output schema.
  await client.listTools()
  return {
    version: '2025-11-25',
    call: async (name, args, options) =>
      (await client.callTool({ name, arguments: { ...args } }, undefined, options)) as CallResult,
    close: () => client.close(),
  }
}

async function openV2(
  transport: Parameters<ModernClient['connect']>[0],
  mode: 'auto' | 'legacy',
  person?: Person,
): Promise<Connected> {
  const capabilities = person === undefined ? {} : { elicitation: { form: {} } }
  const client = new ModernClient(info, { capabilities, versionNegotiation: { mode } })
  if (person !== undefined) {
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      return person({ message: params.message, schema: 'requestedSchema' in params ? params.requestedSchema : {} })
    })
  }
  await client.connect(transport)
  await client.listTools()
  return {
    version: client.getNegotiatedProtocolVersion(),
    call: async (name, args, options) =>
      (await client.callTool({ name, arguments: { ...args } }, options)) as CallResult,
    close: () => client.close(),
  }
}
