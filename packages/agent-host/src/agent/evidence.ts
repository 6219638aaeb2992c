import type { ChatRequest, ModelServer } from '../backend/model-server.ts'
import type { Usage } from '../core/events.ts'

/**
 * Whether the tools of a request that was accepted lengthened its prompt, measured against the same request without
 * them and one token of answer: a server that ignores a field it does not know answers 200 all the same. `undefined`
 * where the server does not count tokens.
 */
export async function toolsLengthenPrompt(
  server: ModelServer,
  request: ChatRequest,
  usage: Usage | undefined,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  if (!usage) return undefined
  const { tools: _, functions: __, parallel_tool_calls: ___, ...bare } = request
  for await (const chunk of server.chat({ ...bare, max_tokens: 1 }, signal)) {
    if (chunk.usage) return usage.inputTokens > chunk.usage.prompt_tokens
  }
  return undefined
}
