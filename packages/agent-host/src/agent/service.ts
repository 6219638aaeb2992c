import type { CapabilityMemory } from '../backend/capabilities.ts'
import type { ModelTarget } from '../backend/model-target.ts'
import type { Catalog, CatalogTool } from '../catalog/catalog.ts'
import { toHostError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import { textMessage } from '../core/message.ts'
import type { McpConnection } from '../mcp/connection.ts'
import { type AgentInput, type AgentOptions, runAgent } from './agent-loop.ts'
import { checkHealth, type Health } from './health.ts'

/** What every transport is given: runs, tools and health, already wired. */
export interface AgentService extends AsyncDisposable {
  run(input: AgentInput): AsyncGenerator<AgentEvent>
  tools(): Promise<readonly CatalogTool[]>
  health(): Promise<Health>
  /** Whether the scripted demo stands in for a model. */
  readonly demo: boolean
  /** Ends every connection, child process and listener of the service. */
  close(): Promise<void>
}

export interface ServiceParts {
  target: ModelTarget
  catalog: Catalog
  connections: readonly McpConnection[]
  capabilities: CapabilityMemory
  log: Logger
  /** Put before every conversation. */
  systemPrompt: string
  close: () => Promise<void>
  limits: Pick<
    AgentOptions,
    'maxSteps' | 'parallelToolCalls' | 'toolTimeoutMs' | 'timeBudgetMs' | 'maxTokens' | 'temperature'
  >
}

export function createAgentService(parts: ServiceParts): AgentService {
  const { target, catalog, connections, capabilities, log, systemPrompt, limits } = parts
  return {
    demo: target.demo,
    close: parts.close,
    [Symbol.asyncDispose]: parts.close,
    tools: () => catalog.tools(),
    health: () => checkHealth(target, connections, catalog),
    async *run({ messages, signal }) {
      const { server } = target
      let model: string
      try {
        model = await target.model(signal)
      } catch (error) {
        yield { type: 'error', error: toHostError(error).toBody() }
        yield { type: 'run-end', reason: signal?.aborted ? 'cancelled' : 'error', steps: 0 }
        return
      }
      const system = textMessage(createId('msg'), 'system', systemPrompt)
      yield* runAgent(
        { messages: [system, ...messages], signal },
        {
          ...limits,
          server,
          model,
          capabilities: capabilities.of(server.url, model),
          tools: await catalog.tools(),
          log,
        },
      )
    },
  }
}
