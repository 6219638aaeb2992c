import type { HostErrorBody } from './errors.ts'
import type { Annotation, Message, Part } from './message.ts'
import type { MalformedCall, ToolCall } from './tool.ts'

/** Why a turn ended. `length` closes nothing: a call that it cut off is never run. */
export type TurnEnd = 'stop' | 'tool-calls' | 'length' | 'content-filter' | 'error' | 'cancelled'

/** Tokens, as the model server counted them. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  totalTokens: number
  reasoningTokens?: number
  cachedInputTokens?: number
}

/**
 * Characters (UTF-16 units) `start` up to but not including `end` of the model's text in this turn.
 * Only events made by parsing text have one.
 */
export interface TextRange {
  start: number
  end: number
}

/** A token of the model's text, and how likely it was among others, as the model server sent them. */
export interface TokenLogprob {
  token: string
  /** Natural logarithm of its probability. */
  logprob: number
  /** UTF-8. */
  bytes?: number[] | null | undefined
  top_logprobs?: { token: string; logprob: number; bytes?: number[] | null | undefined }[] | null | undefined
}

interface Block {
  /** Which block of the turn this is about; parallel calls may interleave. */
  index: number
  range?: TextRange
}

/** One choice of one model turn, as it arrives. */
export type ModelEvent =
  | ({
      type: 'text-start' | 'text-end' | 'reasoning-start' | 'reasoning-end' | 'refusal-start' | 'refusal-end'
    } & Block)
  /** `logprobs`: of its tokens, where they were asked for. */
  | ({ type: 'text-delta'; text: string; logprobs?: TokenLogprob[] } & Block)
  | ({ type: 'reasoning-delta' | 'refusal-delta' | 'tool-input-delta'; text: string } & Block)
  | ({ type: 'annotation'; annotation: Annotation } & Block)
  | ({ type: 'tool-input-start'; id: string; name: string } & Block)
  | ({ type: 'tool-input-end' } & Block)
  /** `repairs`: what had to be mended in the model's text, in words. */
  | ({ type: 'tool-call'; repairs?: string[] } & ToolCall & Block)
  | ({ type: 'malformed-call' } & MalformedCall & Block)
  | { type: 'raw-delta'; text: string }
  | { type: 'finish'; reason: TurnEnd; raw?: string; usage?: Usage }

/** How the host offers tools to a model server, best first; `prompt` is taught in the instructions. */
export type Rung = 'tools' | 'functions' | 'prompt'

/** What became of one tool call. */
export interface ToolOutcome {
  parts: Part[]
  isError: boolean
  /** The tool's own typed output (MCP `structuredContent`), where it gave one. */
  structured?: unknown
  /** The tool's server failed, not the tool: it could not be reached, or was lost in the call. */
  serverFailed?: true
}

/** A call that the run could not settle: a person has to approve it, or whoever asked for the run has to make it. */
export interface PendingCall {
  call: ToolCall
  waitsFor: 'approval' | 'client'
  /** ISO 8601; after this the answer counts as no. */
  expiresAt?: string
}

/** Why a run ended; `parked` where it waits for {@link PendingCall}s, whose answers start another run. */
export type RunEnd = 'answer' | 'parked' | 'step-limit' | 'time-limit' | 'repeated-call' | 'cancelled' | 'error'

/** Everything that happens in a run. Every transport is a mapper over these. */
export type AgentEvent =
  | ModelEvent
  | { type: 'run-start'; runId: string; model: string; at: string }
  | { type: 'step-start'; step: number }
  | { type: 'message'; message: Message }
  /**
   * The conversation grew too long for the model: it is shown a note in place of the results in the `trimmed` messages,
   * and the summary in place of all before the message `before`. The history itself stays whole.
   */
  | { type: 'context-cut'; trimmed: string[]; summary?: { before: string; message: Message } }
  | { type: 'rung-change'; from: Rung; to: Rung; why: string }
  | ({ type: 'approval-request'; server?: string; title?: string } & PendingCall)
  | { type: 'tool-start'; call: ToolCall; server?: string; title?: string }
  | { type: 'tool-progress'; callId: string; progress: number; total?: number; message?: string }
  /** `cached`: the tool was not asked again. */
  | ({ type: 'tool-result'; callId: string; name: string; durationMs: number; cached?: boolean } & ToolOutcome)
  | { type: 'error'; error: HostErrorBody }
  | { type: 'step-end'; step: number; reason: TurnEnd }
  | { type: 'run-end'; reason: RunEnd; steps: number; usage?: Usage; pending?: PendingCall[] }
