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
  const without = await countPrompt(server, bare, signal)
  return without === undefined ? undefined : usage.inputTokens > without
}

/** The same for tools that were not sent yet, by the shortest conversation there is. */
export async function toolsReachPrompt(
  server: ModelServer,
  request: Omit<ChatRequest, 'messages'>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const probe: ChatRequest = { ...request, messages: [{ role: 'user', content: 'Hi' }] }
  const inputTokens = await countPrompt(server, probe, signal)
  if (inputTokens === undefined) return undefined
  return await toolsLengthenPrompt(
    server,
    probe,
    { inputTokens, outputTokens: 1, totalTokens: inputTokens + 1 },
    signal,
  )
}

/** How many tokens the server counts in the prompt. */
async function countPrompt(
  server: ModelServer,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<number | undefined> {
  for await (const chunk of server.chat({ ...request, max_tokens: 1 }, signal)) {
    if (chunk.usage) return chunk.usage.prompt_tokens
  }
  return undefined
}
