import type { ModelTarget } from '../backend/model-target.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { McpConnection } from '../mcp/connection.ts'

const pingTimeoutMs = 3000

interface Check {
  state: 'ok' | 'failed'
  latency_ms: number
  error?: string
}

/** The state of everything that a run needs. */
export interface Health {
  /** `unavailable` where no run can succeed; `degraded` where some tools are missing. */
  status: 'ok' | 'degraded' | 'unavailable'
  model_server: Check & { url: string; model: string | null; demo: boolean }
  mcp_servers: (Check & { name: string; tools: number })[]
}

export async function checkHealth(
  target: ModelTarget,
  connections: readonly McpConnection[],
  catalog: Catalog,
): Promise<Health> {
  const [model_server, tools, ...pings] = await Promise.all([
    checkModelServer(target),
    catalog.tools(),
    ...connections.map((connection) => timed(() => connection.ping(pingTimeoutMs))),
  ])
  const mcp_servers = connections.map(({ name }, i) => ({
    name,
    ...(pings[i] ?? { state: 'failed' as const, latency_ms: 0 }),
    tools: tools.filter(({ server }) => server === name).length,
  }))
  const allTools = mcp_servers.every(({ state }) => state === 'ok')
  return {
    status: model_server.state === 'failed' ? 'unavailable' : allTools ? 'ok' : 'degraded',
    model_server,
    mcp_servers,
  }
}

async function checkModelServer(target: ModelTarget): Promise<Health['model_server']> {
  const { server, demo } = target
  let model: string | null = null
  const check = await timed(async () => {
    const signal = AbortSignal.timeout(pingTimeoutMs)
    await server.models(signal)
    model = await target.model(signal)
  })
  return { ...check, url: server.url, model, demo }
}

async function timed(work: () => Promise<void>): Promise<Check> {
  const started = performance.now()
  const elapsed = (): number => Math.round((performance.now() - started) * 10) / 10
  try {
    await work()
    return { state: 'ok', latency_ms: elapsed() }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return { state: 'failed', latency_ms: elapsed(), error: words }
  }
}
