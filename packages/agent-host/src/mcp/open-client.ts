import { Client, type PriorDiscovery } from '@modelcontextprotocol/client'
import { version } from '../version.ts'
import type { TransportAttempt } from './transport.ts'

export interface OpenOptions {
  timeoutMs: number
  /** The era that this server spoke before, so that it need not be probed for again. */
  prior?: PriorDiscovery | undefined
  onToolsChanged?: (() => void) | undefined
}

const clientInfo = { name: 'agent-host', version }

/** Connects over the first transport that works. @throws the first transport's failure where none does. */
export async function openClient(attempts: readonly TransportAttempt[], options: OpenOptions): Promise<Client> {
  let failure: unknown
  for (const { open, legacyOnly } of attempts) {
    const { timeoutMs, prior, onToolsChanged } = options
    const client = new Client(clientInfo, {
      versionNegotiation: { mode: legacyOnly ? 'legacy' : 'auto' },
      ...(onToolsChanged && { listChanged: { tools: { autoRefresh: false, onChanged: onToolsChanged } } }),
    })
    try {
      await client.connect(open(), { timeout: timeoutMs, ...(!legacyOnly && prior && { prior }) })
      return client
    } catch (error) {
      failure ??= error
      await client.close()
    }
  }
  throw failure
}
