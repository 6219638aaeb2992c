import type OpenAI from 'openai'
import { z } from 'zod'
import { HostError } from '../core/errors.ts'
import type { ModelMessage } from '../dialects/history/model-message.ts'
import { type ChatChunk, chatChunk, isPlainChunk } from './chat-chunk.ts'
import { readEventData } from './event-stream.ts'
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http-client.ts'
import { type TakenMedia, toTakenMedia } from './model-media.ts'
import { messageIn, ModelRefusal, wordsOf } from './model-refusal.ts'
import { type Cancellation, type RawAnswer, type RawRequest, readBytes } from './raw-exchange.ts'
import { sendWithRetry } from './retry.ts'

/** What goes to `/chat/completions`, as OpenAI has it, but that some templates want a call's arguments as an object. */
export interface ChatRequest extends Omit<OpenAI.ChatCompletionCreateParamsStreaming, 'messages'> {
  messages: readonly ModelMessage[]
}

export interface ModelInfo {
  id: string
  /** Most tokens of prompt and answer together, where the server tells. */
  contextLength?: number
  ownedBy?: string
  /** What it takes besides text, where the list tells. */
  media?: TakenMedia
}

export interface LookOptions {
  body?: unknown
  signal?: AbortSignal | undefined
}

/** The only door to a model server. */
export interface ModelServer {
  readonly url: string
  /** The models that the server offers. */
  models(signal?: AbortSignal): Promise<ModelInfo[]>
  /**
   * The JSON at a path of its own that some servers have beside OpenAI's, like Ollama's `/api/ps`, asked for with a
   * `body` or without; `undefined` where it answers with an error status or something else.
   */
  look(path: string, options?: LookOptions): Promise<unknown>
  /**
   * One streamed chat completion, chunk by chunk; ending the generator early cancels it at the server. A server that
   * does not stream gives its whole answer as one chunk.
   *
   * @throws ModelRefusal before the first chunk where the server answers with an error status.
   * @throws HostError `model_unreachable`, `model_timeout` or `model_failed`.
   */
  chat(body: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatChunk>
  /**
   * A request of any kind with the bytes of its answer, whatever its status; sent once more where the server dropped an
   * idle connection that we had kept.
   *
   * @throws HostError `model_unreachable`, `model_timeout` or `model_failed`; a DOMException `AbortError` where it was cancelled.
   */
  exchange(request: RawRequest, until: Cancellation): Promise<RawAnswer>
  /** Reads the body of an answer with an error status, our own key taken out. */
  readRefusal(answer: RawAnswer): Promise<RawRefusal>
  /** The same text with our own key taken out. */
  redact(text: string): string
  close(): Promise<void>
}

/** What a server refused a request with. */
export interface RawRefusal {
  refusal: ModelRefusal
  /** The body as text, without our key. */
  body: string
}

/** Every answer of an agent-host or of its demo model carries this header. */
export const agentHostHeader = 'x-agent-host'

const modelList = z.object({
  data: z
    .array(z.looseObject({ id: z.string(), max_model_len: z.number().nullish(), owned_by: z.string().nullish() }))
    .nullable(),
})

/** How long the end of an answer is waited for after its [DONE], in the background. */
const lingerMs = 1000
const lingerBytes = 64 * 1024

/** Bytes of an error body that are read. */
const longestRefusal = 1024 * 1024

export interface ModelServerOptions extends HttpClientOptions {
  /** Treat an answer of our own services as no model server. Default false: the demo model is one of them. */
  skipAgentHosts?: boolean
}

export function createModelServer(options: ModelServerOptions): ModelServer {
  const client = createHttpClient(options)
  return {
    url: client.url,
    close: () => client.close(),
    chat: (body, signal) => chat(client, body, signal),
    look: (path, asked) => look(client, path, asked),
    models: (signal) => listModels(client, options.skipAgentHosts ?? false, signal),
    redact: client.redact,
    exchange: (request, until) =>
      client.exchange(request, until).catch((error: unknown) => {
        if (!(error instanceof HostError) || error.details?.broken !== true) throw error
        return client.exchange(request, until)
      }),
    async readRefusal(answer) {
      const bytes = await readBytes(answer, longestRefusal)
      const body = client.redact(bytes.toString('utf8'))
      return { refusal: refusal(client, answer.status, body), body }
    },
  }
}

async function look(client: HttpClient, path: string, options: LookOptions = {}): Promise<unknown> {
  const { statusCode, body: answer } = await client.send({ path, ...options, atOrigin: true })
  const text = await answer.text().catch((error: unknown) => {
    throw client.explain(error)
  })
  return statusCode === 200 ? parseJson(text) : undefined
}

async function listModels(client: HttpClient, skipAgentHosts: boolean, signal?: AbortSignal): Promise<ModelInfo[]> {
  const response = await client.send({ path: '/models', signal })
  const text = await response.body.text().catch((error: unknown) => {
    throw client.explain(error)
  })
  if (response.statusCode >= 400) throw refusal(client, response.statusCode, text)
  const parsed = modelList.safeParse(parseJson(text))
  if (!parsed.success || (skipAgentHosts && agentHostHeader in response.headers)) {
    throw new HostError('model_failed', `${client.url}/models is not a list of models; is this a model server?`)
  }
  return (parsed.data.data ?? []).map((model) => {
    const media = toTakenMedia(model)
    return {
      id: model.id,
      ...(model.max_model_len != null && { contextLength: model.max_model_len }),
      ...(model.owned_by != null && { ownedBy: model.owned_by }),
      ...(Object.keys(media).length > 0 && { media }),
    }
  })
}

function refusal(client: HttpClient, status: number, body: string): ModelRefusal {
  return new ModelRefusal(client.url, status, wordsOf(body, client.redact))
}

async function* chat(client: HttpClient, body: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatChunk> {
  const send = () => client.send({ path: '/chat/completions', body, signal })
  const response = await sendWithRetry(send, signal)
  const { body: answer } = response
  let whole = false
  try {
    if (response.statusCode >= 400) throw refusal(client, response.statusCode, await answer.text())
    if (String(response.headers['content-type']).includes('text/event-stream')) {
      whole = yield* streamed(client, answer.iterator({ destroyOnReturn: false }))
    } else yield toChunk(client, await answer.text())
  } catch (error) {
    throw client.explain(error)
  } finally {
    // Whoever still listened was told by now; a stream's error without a listener would end the process.
    answer.on('error', () => {})
    // The end of an answer may travel behind its [DONE]; without it the connection could not be used again.
    if (whole) answer.dump({ limit: lingerBytes, signal: AbortSignal.timeout(lingerMs) }).catch(() => {})
    // Ends the connection where the reader stopped early, which is how the server learns to stop computing.
    else answer.destroy()
  }
}

/** Returns true once the answer said that it is whole. */
async function* streamed(client: HttpClient, body: AsyncIterable<Uint8Array>): AsyncGenerator<ChatChunk, boolean> {
  let finished = false
  for await (const data of readEventData(body)) {
    if (data === '[DONE]') return true
    const chunk = toChunk(client, data)
    finished ||= chunk.choices.some((choice) => choice.finish_reason != null)
    yield chunk
  }
  if (!finished) {
    throw new HostError('model_failed', `The model server ${client.url} closed its stream in the middle of the answer.`)
  }
  return false
}

function toChunk(client: HttpClient, text: string): ChatChunk {
  const value = parseJson(text)
  if (isPlainChunk(value)) return value
  const parsed = chatChunk.safeParse(value)
  if (parsed.success && parsed.data.error == null) return parsed.data
  const shown = client.redact(text).slice(0, 200)
  if (!parsed.success) {
    throw new HostError('model_failed', `The model server ${client.url} sent what is not a chat completion: ${shown}`)
  }
  const words = client.redact(messageIn(parsed.data.error) ?? shown)
  throw new HostError('model_failed', `The model server ${client.url} failed in the middle of its answer: ${words}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
