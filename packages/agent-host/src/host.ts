import { hostname } from 'node:os'
import { createMemoryStepStore } from './agent/hidden-steps.ts'
import { createKnownLimits } from './agent/known-limits.ts'
import { openPrompts } from './agent/prompts/open-prompts.ts'
import { type AgentService, createAgentService, type ServiceParts } from './agent/service.ts'
import { bundledTools } from './bundled-tools.ts'
import { type CapabilityMemory, createCapabilityMemory } from './backend/capabilities.ts'
import { findLocalServer, findServer, findServers, toLocalUrl, usualPorts } from './backend/find-local-server.ts'
import { createModelServer, type ModelServer } from './backend/model-server.ts'
import { createModelTarget, type ModelTarget } from './backend/model-target.ts'
import { type Catalog, createCatalog } from './catalog/catalog.ts'
import { backendUrls } from './config/backend-urls.ts'
import type { LoadedSettings } from './config/load.ts'
import { readMcpServers } from './config/mcp-servers.ts'
import type { Settings } from './config/options.ts'
import { HostError } from './core/errors.ts'
import type { Logger } from './core/logger.ts'
import { startDemoModel } from './demo/demo-model.ts'
import { loadDialects } from './load-dialects.ts'
import { keepsNothing, openStores } from './open-stores.ts'
import { createProxyService, type ProxyParts, type ProxyService } from './proxy/service.ts'
import { createConnection, type McpConnection } from './mcp/connection.ts'
import { type GuestServers, openGuestServers } from './mcp/guest-servers.ts'
import { toApprovalPolicy } from './runs/approval-policy.ts'
import type { CallRules } from './runs/call-gate.ts'
import { openChatLog } from './runs/chat-log/open-chat-log.ts'
import type { ResultCache } from './runs/result-cache.ts'
import { openRuntime, type Runtime } from './runs/runtime.ts'
import { createKeptSteps } from './sessions/kept-steps.ts'
import { createToolLookup } from './runs/tool-rules.ts'
import { type AgentChatService, createAgentChatService } from './transports/openai/agent-chat/service.ts'
import type { RateLimiter } from './transports/http/rate-limiter.ts'
import { createSeal } from './transports/openai/responses/seal.ts'
import { toSealSecret } from './seal-secret.ts'
import { createResponsesService, type ResponsesService } from './transports/openai/responses/service.ts'

const connectTimeoutMs = 30_000

/** The tools of every configured MCP server; each is connected to when it is first needed. */
export interface Toolbox {
  catalog: Catalog
  connections: readonly McpConnection[]
  close(): Promise<void>
}

export function createToolbox({ settings, env }: LoadedSettings, log: Logger): Toolbox {
  const servers =
    settings.mcpConfig === undefined ? bundledTools(settings, env) : readMcpServers(settings.mcpConfig, env)
  const connections = Object.entries(servers).map(([name, config]) =>
    createConnection(name, config, { log, connectTimeoutMs, onToolsChanged: () => catalog.refresh() }),
  )
  const catalog = createCatalog(connections, log)
  return {
    catalog,
    connections,
    async close() {
      await Promise.all(connections.map((connection) => connection.close()))
    },
  }
}

/** The agent and everything that is served of it. */
export interface Host {
  service: AgentService
  runtime: Runtime
  proxy: ProxyService
  responses: ResponsesService
  agentChat: AgentChatService
  chatMode: Settings['chatMode']
  /** Of requests per API key. */
  limiter: RateLimiter
  /** Gives what runs this long to end, in milliseconds, and ends every connection, child process and listener. */
  close(graceMs?: number): Promise<void>
}

/** The agent by itself. */
export async function createHost(loaded: LoadedSettings, log: Logger): Promise<AgentService> {
  const host = await openHost(loaded, log)
  return { ...host.service, close: host.close, [Symbol.asyncDispose]: host.close }
}

/**
 * Wires everything together. Nothing is reached yet but Redis and PostgreSQL, and the model server's port where none is
 * configured.
 */
export async function openHost(loaded: LoadedSettings, log: Logger): Promise<Host> {
  const { settings } = loaded
  await loadDialects(settings.dialects)
  const instructions = await openPrompts(settings, log)
  const guests = await openGuestServers(settings.allowedMcpServers, { log, toolTimeoutMs: settings.toolTimeout * 1000 })
  const { catalog, connections, close: closeTools } = createToolbox(loaded, log)
  const { target, close: closeTarget } = await openTarget(settings, log)
  const capabilities = createCapabilityMemory()
  const proxy = createProxyService({
    server: target.server,
    capabilities,
    log,
    ...proxyOptions(settings),
    agent: true,
    close: closeTarget,
  })
  const service = createAgentService({
    target,
    catalog,
    connections,
    capabilities,
    log,
    instructions,
    limits: toLimits(settings),
    async close() {
      await Promise.all([closeTarget(), closeTools(), guests.close()])
    },
  })
  const { stores, cache, limiter } = await openStores(settings, log).catch(async (error: unknown) => {
    await service.close()
    throw error
  })
  const runtime = openRuntime({
    service,
    stores,
    rules: toCallRules(settings, cache),
    chatLog: openChatLog(loaded, log),
    log,
    owner: `${hostname()}-${process.pid}`,
    keepMs: settings.runRetention * 1000,
    leaseMs: settings.runLease * 1000,
    mostRuns: settings.maxRuns,
  })
  const agentRoutes = createAgentRoutes({ runtime, catalog, guests, target, capabilities, settings, log })
  return {
    service,
    runtime,
    proxy,
    ...agentRoutes,
    chatMode: settings.chatMode,
    limiter,
    async close(graceMs) {
      await runtime.close(graceMs)
      await service.close()
    },
  }
}

interface AgentRouteParts {
  runtime: Runtime
  catalog: Catalog
  guests: GuestServers
  target: ModelTarget
  capabilities: CapabilityMemory
  settings: Settings
  log: Logger
}

/** What the OpenAI-compatible routes serve of the agent. */
function createAgentRoutes({
  runtime,
  catalog,
  guests,
  target,
  capabilities,
  settings,
  log,
}: AgentRouteParts): Pick<Host, 'responses' | 'agentChat'> {
  const approval = toApprovalPolicy(settings.approvals)
  const responses = createResponsesService({
    ...runtime,
    tools: () => catalog.tools(),
    mustAsk: (tool) => approval(tool) === 'ask',
    guests,
    limits: createKnownLimits({ target, capabilities, log }),
    model: () => target.model(),
    seal: createSeal(() => toSealSecret(settings)),
    reasoningStyle: 'reasoning_text',
    log,
    now: Date.now,
  })
  const agentChat = createAgentChatService({
    passing: runtime.passing,
    steps: keepsNothing(settings) ? createMemoryStepStore() : createKeptSteps(runtime.kept.stores.records),
    activity: settings.toolActivity,
    now: Date.now,
  })
  return { responses, agentChat }
}

function toLimits(settings: Settings): ServiceParts['limits'] {
  return {
    maxSteps: settings.maxSteps,
    parallelToolCalls: settings.parallelToolCalls,
    toolTimeoutMs: settings.toolTimeout * 1000,
    timeBudgetMs: settings.requestTimeout * 1000,
    maxTokens: settings.maxTokens,
    temperature: settings.temperature,
  }
}

function toCallRules(
  { approvals, approvalTimeout, resultCache, idempotentTools }: Settings,
  cache: ResultCache,
): CallRules {
  const cacheSeconds = createToolLookup(resultCache)
  const idempotent = createToolLookup(Object.fromEntries(idempotentTools.map((name) => [name, true])))
  return {
    approval: toApprovalPolicy(approvals),
    approvalTtlMs: approvalTimeout * 1000,
    cache,
    cacheTtlMs(tool) {
      const seconds = cacheSeconds(tool)
      return seconds === undefined ? undefined : seconds * 1000
    },
    idempotent: (tool) => idempotent(tool) ?? false,
  }
}

/** The proxy alone, without an agent or tools. The model server is looked for only where a preset has several ports. */
export async function openProxy({ settings }: LoadedSettings, log: Logger): Promise<ProxyService> {
  await loadDialects(settings.dialects)
  const [url, ...others] = backendUrls(settings)
  const found = others.length === 0 ? undefined : await findServer([url, ...others])
  const { apiKey, requestTimeout } = settings
  const server = createModelServer({ url: found?.url ?? url, apiKey, timeoutMs: requestTimeout * 1000 })
  const capabilities = createCapabilityMemory()
  return createProxyService({ server, capabilities, log, ...proxyOptions(settings), close: () => server.close() })
}

function proxyOptions(settings: Settings): Pick<ProxyParts, 'conversion' | 'passesAuthorization'> {
  const { toolCallConversion, apiKey, apiKeys, apiKeysFile } = settings
  const asksForKeys = apiKeys.length > 0 || apiKeysFile !== undefined
  // A key of ours is no business of the model server's.
  return { conversion: toolCallConversion, passesAuthorization: apiKey === undefined && !asksForKeys }
}

interface OpenTarget {
  target: ModelTarget
  close(): Promise<void>
}

/** The configured model server, else a local one, else the demo; never the demo for a configured one that fails. */
async function openTarget(settings: Settings, log: Logger): Promise<OpenTarget> {
  const { model, apiKey, requestTimeout, contextLength } = settings
  const timeoutMs = requestTimeout * 1000
  const open = (url: string, options: { model?: string | undefined; demo?: boolean }): ModelTarget =>
    createModelTarget(createModelServer({ url, apiKey, timeoutMs }), { ...options, contextLength })

  const url = settings.baseUrl ?? (await findUrl(settings, log))
  if (url !== undefined) {
    const target = open(url, { model })
    return { target, close: () => target.server.close() }
  }
  const demo = await startDemoModel()
  log.warn({ url: demo.url }, 'no model server found: the scripted demo answers, which is not a model')
  const target = open(demo.url, { model: demo.model, demo: true })
  return {
    target,
    async close() {
      await target.server.close()
      await demo.close()
    },
  }
}

/** Tests are not to depend on what else runs on the machine, and production is never to run on the demo. */
async function findUrl({ environment, port, model, apiKey }: Settings, log: Logger): Promise<string | undefined> {
  const ports = usualPorts.filter((usual) => usual !== port)
  const found = environment === 'testing' ? undefined : await findLocalServer(ports)
  if (found) {
    log.info({ url: found.url, models: found.models.map(({ id }) => id) }, 'found a local model server')
    return found.url
  }
  if (environment === 'production' || model !== undefined || apiKey !== undefined) throw nothingFound(ports)
  return undefined
}

function nothingFound(ports: readonly number[]): HostError {
  const message = `No model server answers on the local ports ${ports.join(', ')}. Set VLLM_BASE_URL to yours.`
  return new HostError('model_unreachable', message)
}

/**
 * The model servers at these addresses, else the configured one, else all that are found on the usual local ports.
 *
 * @throws HostError `model_unreachable` where none is found.
 */
export async function openModelServers(settings: Settings, urls: readonly string[]): Promise<ModelServer[]> {
  await loadDialects(settings.dialects)
  const { baseUrl, apiKey, requestTimeout, environment } = settings
  const named = urls.length > 0 || baseUrl === undefined ? urls : [baseUrl]
  const tried = environment === 'testing' ? [] : usualPorts.map(toLocalUrl)
  const found = named.length > 0 ? named : (await findServers(tried)).map(({ url }) => url)
  if (found.length === 0) throw nothingFound(usualPorts)
  return found.map((url) => createModelServer({ url, apiKey, timeoutMs: requestTimeout * 1000 }))
}
