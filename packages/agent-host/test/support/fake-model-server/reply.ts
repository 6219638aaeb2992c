import type { FakeRequest } from './exchange.ts'

/** A call in an answer. `arguments` is JSON text, or an object that is written as JSON text; `id` is made if absent. */
export interface FakeCall {
  id?: string
  name: string
  arguments: string | Record<string, unknown>
}

/** One choice of an answer. */
export interface FakeChoice {
  /** The `content`. Absent or null: `null` in JSON, no content deltas in a stream. */
  text?: string | null
  reasoning?: string
  refusal?: string
  toolCalls?: readonly FakeCall[]
  functionCall?: FakeCall
  /** Default `tool_calls`, `function_call` or `stop`, by what the choice has. */
  finishReason?: string
  logprobs?: unknown
  /** More fields of the choice itself, such as vLLM's `stop_reason`. */
  extra?: Record<string, unknown>
}

export interface FakeUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  [field: string]: unknown
}

/**
 * Where text is cut into deltas: `whole` in one; `character` one code point each; a number for as many code points
 * each; a list of cut positions in UTF-16 units, which may fall inside a surrogate pair.
 */
export type Split = 'whole' | 'character' | number | readonly number[]

/** What goes wrong in a stream before event number `after` (0 is before the first, which carries the role). */
export type StreamFault =
  /** Silence until the client leaves, the server closes, or `until` resolves; then the stream goes on. */
  | { kind: 'stall'; after: number; until?: Promise<unknown> }
  /** The socket is destroyed. */
  | { kind: 'drop'; after: number }
  /** The body ends properly there: no more events, no `[DONE]`. */
  | { kind: 'end'; after: number }
  /** A `data:` line whose JSON is cut short; the stream goes on. `data` replaces that line's data. */
  | { kind: 'bad-json'; after: number; data?: string }
  /** An `error` object as vLLM sends it, then `[DONE]`. `body` replaces the whole object. */
  | { kind: 'error'; after: number; message?: string; body?: unknown }

/** How an answer travels. All of it is for streams, but for `bytesPerWrite`. */
export interface Delivery {
  /** How `content` and `reasoning` are cut. Default `whole`. */
  split?: Split
  /** How the arguments of calls are cut. Default as `split`. */
  splitArguments?: Split
  /**
   * Bytes in each write to the socket, each its own HTTP chunk and in its own turn of the event loop; cuts UTF-8
   * sequences and lines anywhere. Default one write per event.
   */
  bytesPerWrite?: number
  /** Milliseconds between events. Default 0. */
  paceMs?: number
  fault?: StreamFault
  /** Default `\n`. */
  lineEnd?: '\n' | '\r\n' | '\r'
  /** A comment line before every event. Default none. */
  heartbeat?: boolean
  /** Each event's JSON spread over several `data:` lines. Default false. */
  multiLine?: boolean
  /** Whether the stream ends in `[DONE]`. Default true. */
  done?: boolean
}

/** The model answers, as JSON or as a stream, whichever the request asks for. */
export interface Answer extends FakeChoice, Delivery {
  /** The choices, where they differ. Default: this answer for each of the request's `n`. */
  choices?: readonly FakeChoice[]
  /** Default: counted from the texts, four characters a token. */
  usage?: FakeUsage
  /** More fields of the response, and of each chunk. */
  envelope?: Record<string, unknown>
  /** Ignores `stream: true`, as some servers do. Default false. */
  neverStreams?: boolean
}

/** The server answers with an error status. */
export interface Failure {
  status: number
  /** Default: the status' usual words. */
  message?: string
  /** The whole body instead of the server's error shape; a string is sent as text. */
  body?: unknown
  /** Seconds or an HTTP date, for the `Retry-After` header. */
  retryAfter?: number | string
  headers?: Record<string, string>
}

/** Bytes as given, for whatever the rest cannot say. */
export interface RawReply extends Pick<Delivery, 'bytesPerWrite'> {
  raw: string | Uint8Array
  /** Default 200. */
  status?: number
  /** Default `content-type: text/event-stream`. */
  headers?: Record<string, string>
  /** What happens after the bytes. Default `end`. */
  then?: 'end' | 'stall' | 'drop'
}

/** Nothing is answered at all: the socket is destroyed, or stays silent until the client leaves or the server closes. */
interface NoReply {
  noReply: 'drop' | 'stall'
}

export type Reply = (Answer | Failure | RawReply | NoReply) & {
  /** How many requests get this reply. Default 1. */
  times?: number
}

/** A reply, or what makes one of a request. It may wait, which holds the answer back. */
export type Script = Reply | ((request: FakeRequest) => Reply | Promise<Reply>)
