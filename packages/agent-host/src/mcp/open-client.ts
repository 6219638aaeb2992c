import { Client, type PriorDiscovery } from '@modelcontextprotocol/client'
import { version } from '../version.ts'
import type { TransportAttempt } from './transport.ts'

export interface OpenOptions {
  timeoutMs: number
  /** The era that this server spoke before, so that it need not be probed for again. */
  prior?: PriorDiscovery | undefined
  onToolsChanged?: (() => void) | undefined
  /** Ends an attempt that is under way, with whatever it started. */
  signal: AbortSignal
}

const clientInfo = { name: 'agent-host', version }

/** Connects over the first transport that works. @throws the first transport's failure where none does. */
export async function openClient(attempts: readonly TransportAttempt[], options: OpenOptions): Promise<Client> {
  let failure: unknown
  for (const { open, legacyOnly } of attempts) {
    const { timeoutMs, prior, onToolsChanged, signal } = options
    signal.throwIfAborted()
    const client = new Client(clientInfo, {
      versionNegotiation: { mode: legacyOnly ? 'legacy' : 'auto' },
      ...(onToolsChanged && { listChanged: { tools: { autoRefresh: false, onChanged: onToolsChanged } } }),
    })
    const transport = open()
    const stop = (): void => void transport.close()
    signal.addEventListener('abort', stop)
    try {
      await client.connect(transport, { timeout: timeoutMs, ...(!legacyOnly && prior && { prior }) })
      if (prior?.kind === 'modern' && onToolsChanged) await subscribe(client, timeoutMs)
      return client
    } catch (error) {
      failure ??= error
      await client.close()
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
  throw failure
}

/** The SDK subscribes by itself only where it has probed the server. */
async function subscribe(client: Client, timeout: number): Promise<void> {
  if (client.getServerCapabilities()?.tools?.listChanged) await client.listen({ toolsListChanged: true }, { timeout })
}
