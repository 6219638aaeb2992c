import { join } from 'node:path'
import { type Program, startProgram } from '../proxy/programs.ts'

/** The two cores that host, model and clients share. */
export const sharedCores = '0,1'

/** A model that answers with so many tokens, one every `paceMs`. */
export async function startModel(tokens: number, paceMs: number): Promise<Program> {
  const args = [
    join(import.meta.dirname, '../proxy/stub-server.ts'),
    JSON.stringify({ writes: tokens, pace_ms: paceMs }),
  ]
  return await startProgram('model', args, { cores: sharedCores })
}

/** `agent-host serve` with its bundled tools. */
export async function startService(
  model: Program,
  store: Record<string, string>,
  cores = sharedCores,
): Promise<Program> {
  const env = {
    VLLM_BASE_URL: model.url,
    VLLM_MODEL: 'bench',
    PORT: '0',
    MAX_RUNS: '100000',
    SHUTDOWN_TIMEOUT: '0',
    // A relative path would lie in the folder.
    ...(store.DATA_DIR === undefined && { CHAT_LOG: 'off' }),
    ...store,
  }
  const cli = join(import.meta.dirname, '../../dist/cli.js')
  return await startProgram('agent-host serve', [cli, 'serve'], { cores, env })
}
