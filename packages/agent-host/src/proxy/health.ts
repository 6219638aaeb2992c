import { fromSignal } from '../backend/raw-exchange.ts'
import type { ModelServer } from '../backend/model-server.ts'
import { toHostError } from '../core/errors.ts'

const timeoutMs = 3000

/** Whether the model server behind a proxy answers. */
export interface ProxyHealth {
  status: 'ok' | 'unavailable'
  model_server: { url: string; state: 'ok' | 'failed'; latency_ms: number; error?: string }
}

/** Any answer will do: which key it wants is the clients' business. */
export async function checkProxy(server: ModelServer): Promise<ProxyHealth> {
  const { url } = server
  const started = performance.now()
  const elapsed = (): number => Math.round((performance.now() - started) * 10) / 10
  try {
    const answer = await server.exchange({ method: 'GET', path: '/models' }, fromSignal(AbortSignal.timeout(timeoutMs)))
    answer.cancel()
    return { status: 'ok', model_server: { url, state: 'ok', latency_ms: elapsed() } }
  } catch (error) {
    const silent = error instanceof DOMException
    const words = silent ? `The model server ${url} was silent for ${timeoutMs / 1000} s.` : toHostError(error).message
    return { status: 'unavailable', model_server: { url, state: 'failed', latency_ms: elapsed(), error: words } }
  }
}
