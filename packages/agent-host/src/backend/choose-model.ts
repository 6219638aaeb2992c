import { HostError } from '../core/errors.ts'
import type { ModelInfo } from './model-server.ts'

/** Taken among several where it is there: what vLLM's own documentation starts with. */
const preferred = 'Qwen/Qwen2.5-7B-Instruct'

/**
 * The model to use where none is configured: the server's only one, else the preferred one.
 *
 * @throws HostError `invalid_config` that lists the models, where there is no telling which is meant.
 */
export function chooseModel(models: readonly ModelInfo[], url: string): string {
  const [first, second] = models
  if (!first) throw new HostError('model_failed', `The model server ${url} has no model. Load one into it first.`)
  if (!second) return first.id
  if (models.some(({ id }) => id === preferred)) return preferred
  const names = models.map(({ id }) => `  ${id}`).join('\n')
  throw new HostError('invalid_config', `The model server ${url} has several models; set VLLM_MODEL to one:\n${names}`)
}
