import type { ErrorShape } from './error-body.ts'
import type { Refusals } from './refusal.ts'
import type { Reply, Script } from './reply.ts'
import type { RendersTools } from './token-count.ts'

export interface FakeModelServerOptions {
  /** Ids of the models. Default `['m']`. */
  models?: readonly string[]
  /** `vllm` tells `max_model_len` (see `contextLength`), `bare` only what OpenAI's list has. Default `vllm`. */
  modelList?: 'vllm' | 'bare'
  /** Tokens, for `max_model_len`. Default 32768. */
  contextLength?: number
  /** Whether a model that is not listed gets a 404, as in vLLM; llama.cpp takes any name. Default true. */
  checksModel?: boolean
  /** Requests under `/v1` without this key get a 401. Default: no key. */
  apiKey?: string
  /** Default `openai`. */
  errorShape?: ErrorShape
  /** What the server refuses before it looks at the script. Default nothing. */
  refuse?: Refusals
  /** Which of the offered tools count in the prompt's tokens. Default `tools`. */
  rendersTools?: RendersTools
  /** Whether `tools` still count under `tool_choice: "none"`. Default true. */
  rendersToolsUnderNone?: boolean
  /** The field that reasoning goes into. Default `reasoning_content`. */
  reasoningField?: 'reasoning' | 'reasoning_content'
  /** The answer when the script is at its end. Default `{ text: 'Hello.' }`. */
  reply?: Script
  /** Replies for whole paths, such as `/v1/models` or `/health`, which then take nothing from the script. */
  routes?: Readonly<Record<string, Reply>>
  /** Length of embedding vectors. Default 8. */
  dimensions?: number
  /** Default: any free port. Naming one lets a test start a server again where another was. */
  port?: number
}
