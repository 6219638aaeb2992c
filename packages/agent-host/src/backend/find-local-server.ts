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
  const answers = await Promise.all(ports.map(probe))
  const found = answers.filter((answer) => answer !== undefined)
  return found.find(({ models }) => models.length > 0) ?? found[0]
}

async function probe(port: number): Promise<FoundServer | undefined> {
  const url = `http://127.0.0.1:${port}/v1`
  const server = createModelServer({ url, timeoutMs: probeTimeoutMs, skipAgentHosts: true })
  try {
    return { url, models: await server.models(AbortSignal.timeout(probeTimeoutMs)) }
  } catch {
    // Nothing there, or something that is not a model server: both mean that this port has none.
    return undefined
  } finally {
    await server.close()
  }
}
