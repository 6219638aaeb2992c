import type { CapabilityMemory } from '../backend/capabilities.ts'
import type { ModelTarget } from '../backend/model-target.ts'
import type { Catalog, CatalogTool } from '../catalog/catalog.ts'
import { toHostError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import type { Logger } from '../core/logger.ts'
import { type Message, textMessage } from '../core/message.ts'
import { taughtDialect } from '../dialects/taught-dialect.ts'
import type { McpConnection } from '../mcp/connection.ts'
import { type AgentInput, type AgentOptions, runAgent } from './agent-loop.ts'
import type { PromptEndpoint } from './prompts/endpoints.ts'
import type { Prompts } from './prompts/prompts.ts'
import { checkHealth, type Health } from './health.ts'

/** A run, with what it asks for other than the settings say. */
export interface RunInput
  extends
    AgentInput,
    Pick<AgentOptions, 'clientTools' | 'decide' | 'endWhenCut' | 'fit' | 'parameters' | 'toolChoice'> {
  /** Default: the service's model. */
  model?: string | undefined
  /** Put before the conversation. Default: those of the endpoint; empty for none. */
  instructions?: string | undefined
  /** What asks for it, whose instructions are put before it otherwise. Default: those of any. */
  endpoint?: PromptEndpoint | undefined
  /** The conversation's, where it is kept; instructions may name it. */
  sessionId?: string | undefined
  /** The tools that run here. Default: the catalog's. */
  tools?: readonly CatalogTool[] | undefined
  /** Which of them the model is offered. Default: all. */
  offers?: ((tool: CatalogTool) => boolean) | undefined
  /** Default: as the settings say. */
  maxSteps?: number | undefined
  parallelToolCalls?: boolean | undefined
  maxTokens?: number | undefined
  temperature?: number | undefined
}

/** What every transport is given: runs, tools and health, already wired. */
export interface AgentService extends AsyncDisposable {
  run(input: RunInput): AsyncGenerator<AgentEvent>
  tools(): Promise<readonly CatalogTool[]>
  /** Names of the tool servers that are configured, whether or not they answer. */
  readonly toolServers: readonly string[]
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
  /** What is put before a conversation. */
  instructions: Prompts
  close: () => Promise<void>
  limits: Pick<
    AgentOptions,
    'maxSteps' | 'parallelToolCalls' | 'toolTimeoutMs' | 'timeBudgetMs' | 'maxTokens' | 'temperature'
  >
}

export function createAgentService(parts: ServiceParts): AgentService {
  const { target, catalog, connections, capabilities, log, instructions, limits } = parts
  return {
    demo: target.demo,
    close: parts.close,
    [Symbol.asyncDispose]: parts.close,
    tools: () => catalog.tools(),
    toolServers: connections.map(({ name }) => name),
    health: () => checkHealth(target, connections, catalog),
    async *run(input) {
      const { signal } = input
      let model: string
      let tools: readonly CatalogTool[]
      let prompt: string
      try {
        model = input.model ?? (await target.model(signal))
        tools = (input.tools ?? (await catalog.tools())).filter(input.offers ?? (() => true))
        prompt = input.instructions ?? (await instructions({ ...input, model, tools }))
      } catch (error) {
        yield { type: 'error', error: toHostError(error).toBody() }
        yield { type: 'run-end', reason: signal?.aborted ? 'cancelled' : 'error', steps: 0 }
        return
      }
      yield* runAgent(
        { ...input, messages: [...toInstructions(prompt), ...input.messages] },
        {
          ...limits,
          ...overridesOf(input),
          clientTools: input.clientTools,
          decide: input.decide,
          endWhenCut: input.endWhenCut,
          fit: input.fit,
          parameters: input.parameters,
          taught: input.endpoint === 'agent_chat' ? taughtDialect(nobodyKnows) : undefined,
          toolChoice: input.toolChoice,
          server: target.server,
          model,
          capabilities: capabilities.of(target.server.url, model),
          contextLength: () => target.contextLength(model),
          tools,
          log,
        },
      )
    },
  }
}

/** A model without a name is taught ReAct, which is what `/api/agent_chat` is there for. */
const nobodyKnows = ''

function toInstructions(text: string): Message[] {
  return text === '' ? [] : [textMessage(createId('msg'), 'system', text)]
}

/** The limits that the run itself names. */
function overridesOf({
  maxSteps,
  parallelToolCalls,
  maxTokens,
  temperature,
}: RunInput): Partial<ServiceParts['limits']> {
  return {
    ...(maxSteps !== undefined && { maxSteps }),
    ...(parallelToolCalls !== undefined && { parallelToolCalls }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
  }
}
