import type { ModelInfo } from '../backend/model-server.ts'

/** The programs whose own flags advice can name. */
export type ServerKind = 'vllm' | 'sglang' | 'llamacpp' | 'ollama' | 'lmstudio' | 'other'

/** Names for people. */
export const kindNames: Record<ServerKind, string> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  llamacpp: 'llama.cpp',
  ollama: 'Ollama',
  lmstudio: 'LM Studio',
  other: 'an OpenAI-compatible server',
}

/** What each puts into `owned_by` of the models it lists. */
const owners: Record<string, ServerKind> = {
  vllm: 'vllm',
  sglang: 'sglang',
  llamacpp: 'llamacpp',
  library: 'ollama',
  organization_owner: 'lmstudio',
}

/** Which program a model server is, as far as its list of models tells. */
export function kindOf(models: readonly ModelInfo[]): ServerKind {
  for (const { ownedBy } of models) {
    const kind = owners[ownedBy ?? '']
    if (kind) return kind
  }
  return 'other'
}
