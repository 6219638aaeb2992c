import { createModelServer, type ModelInfo } from './model-server.ts'

/** Where people's model servers usually listen: vLLM (8000, 8001), Ollama, LM Studio and llama.cpp. */
export const usualPorts = [8000, 8001, 11434, 1234, 8080] as const

/** A local server answers at once or is not there. */
const probeTimeoutMs = 1500

export interface FoundServer {
  url: string
  models: ModelInfo[]
}

/**
 * The first local model server that has a model; without one, the first that answers at all. Our own services name
 * themselves in a header and are passed over, so that no agent-host becomes the model of another.
 */
export async function findLocalServer(ports: readonly number[]): Promise<FoundServer | undefined> {
  return await findServer(ports.map(toLocalUrl))
}

/** The same among base URLs. */
export async function findServer(urls: readonly string[]): Promise<FoundServer | undefined> {
  const found = await findServers(urls)
  return found.find(({ models }) => models.length > 0) ?? found[0]
}

/** All of them that are model servers. */
export async function findServers(urls: readonly string[]): Promise<FoundServer[]> {
  const answers = await Promise.all(urls.map(probe))
  return answers.filter((answer) => answer !== undefined)
}

/** The base URL of a local server. */
export function toLocalUrl(port: number): string {
  return `http://127.0.0.1:${port}/v1`
}

async function probe(url: string): Promise<FoundServer | undefined> {
  const server = createModelServer({ url, timeoutMs: probeTimeoutMs, skipAgentHosts: true })
  try {
    return { url, models: await server.models(AbortSignal.timeout(probeTimeoutMs)) }
  } catch {
    // Nothing there, or something that is not a model server: both mean that there is none here.
    return undefined
  } finally {
    await server.close()
  }
}
