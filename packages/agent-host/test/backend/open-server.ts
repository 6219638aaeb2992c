import type { ChatChunk } from '../../src/backend/chat-chunk.ts'
import {
  type ChatRequest,
  createModelServer,
  type ModelServer,
  type ModelServerOptions,
} from '../../src/backend/model-server.ts'

export type OpenServer = ModelServer & AsyncDisposable

/** The client of a model server, closed at the end of the test. */
export function openServer(url: string, options: Partial<ModelServerOptions> = {}): OpenServer {
  const server = createModelServer({ url, timeoutMs: 20_000, ...options })
  return { ...server, [Symbol.asyncDispose]: () => server.close() }
}

export const hello: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hello' }], stream: true }

export async function collect(chunks: AsyncIterable<ChatChunk>): Promise<ChatChunk[]> {
  const all: ChatChunk[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all
}

/** Reads to the end for what it throws. */
export async function failureOf(chunks: AsyncIterable<ChatChunk>): Promise<unknown> {
  try {
    await collect(chunks)
  } catch (error) {
    return error
  }
  throw new Error('the answer did not fail')
}

/** The content of the first choice, whether it was streamed or not. */
export function contentOf(chunks: readonly ChatChunk[]): string {
  return chunks
    .flatMap(({ choices }) => choices)
    .map(({ delta, message }) => delta?.content ?? message?.content)
    .map((content) => (typeof content === 'string' ? content : ''))
    .join('')
}
