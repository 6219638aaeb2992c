import type { ChatRequest, ModelInfo, ModelServer } from '../backend/model-server.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { dialectFor } from '../dialects/registry.ts'
import { type Observation, observe } from './observation.ts'
import type { Question } from './questions.ts'
import type { ServerKind } from './server-kind.ts'

/** One request that was sent. */
export interface SentRequest {
  number: number
  method: 'GET' | 'POST'
  path: string
  /** What a chat request asked with, other than its messages. */
  fields: readonly string[]
  status: 'ok' | 'refused' | 'failed'
  ms: number
}

/** A model on a server, for probes to ask; it remembers what it was asked. */
export interface Subject {
  readonly kind: ServerKind
  readonly info: ModelInfo
  readonly requests: readonly SentRequest[]
  /** Tokens of prompts and answers so far, as the server counted them. */
  readonly tokens: { prompt: number; completion: number }
  /** The request that the server refused for its `stream_options`, which are left out since then. */
  readonly refusedStreamOptions: number | undefined
  /** A question that was asked before is answered as it was then. `dialect` reads the answer; default: the model's. */
  ask(question: Question, dialect?: Dialect): Promise<Observation>
  /** The JSON at a path beside OpenAI's, and the number of the request. */
  look(path: string): Promise<{ number: number; value: unknown }>
}

export interface SubjectOptions {
  server: ModelServer
  kind: ServerKind
  info: ModelInfo
  /** The request for the list of models, which is the first. */
  listing: SentRequest
  /** For one request, in milliseconds. */
  timeoutMs: number
  signal: AbortSignal
}

export function createSubject({ server, kind, info, listing, timeoutMs, signal }: SubjectOptions): Subject {
  const requests = [listing]
  const answers = new Map<string, Promise<Observation>>()
  const tokens = { prompt: 0, completion: 0 }
  let refusedStreamOptions: number | undefined
  const limited = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])

  async function send(question: Question, dialect: Dialect): Promise<Observation> {
    const streamOptions = refusedStreamOptions === undefined && { stream_options: { include_usage: true } }
    const body: ChatRequest = { ...question, model: info.id, stream: true, ...streamOptions }
    const { messages: _, ...fields } = body
    const sent = begin(requests, 'POST', '/chat/completions', Object.keys(fields))
    const seen = await observe(server, { body, dialect, number: sent.number }, limited())
    sent.status = seen.refusal ? 'refused' : seen.failure === undefined ? 'ok' : 'failed'
    sent.ms = Math.round(seen.totalMs)
    tokens.prompt += seen.usage?.prompt_tokens ?? 0
    tokens.completion += seen.usage?.completion_tokens ?? 0
    signal.throwIfAborted()
    if (!streamOptions || !/stream_options|include_usage/i.test(seen.refusal?.words ?? '')) return seen
    refusedStreamOptions = sent.number
    return await send(question, dialect)
  }

  return {
    kind,
    info,
    requests,
    tokens,
    get refusedStreamOptions() {
      return refusedStreamOptions
    },
    ask(question, dialect = dialectFor(info.id)) {
      const key = JSON.stringify(question)
      const answer = answers.get(key) ?? send(question, dialect)
      answers.set(key, answer)
      return answer
    },
    async look(path) {
      const sent = begin(requests, 'GET', path, [])
      const started = performance.now()
      // What a server fails to tell beside OpenAI's API is as good as not there.
      const value = await server.look(path, { signal: limited() }).catch(() => undefined)
      signal.throwIfAborted()
      sent.status = value === undefined ? 'refused' : 'ok'
      sent.ms = Math.round(performance.now() - started)
      return { number: sent.number, value }
    },
  }
}

function begin(requests: SentRequest[], method: SentRequest['method'], path: string, fields: string[]): SentRequest {
  const sent: SentRequest = { number: requests.length + 1, method, path, fields, status: 'failed', ms: 0 }
  requests.push(sent)
  return sent
}
