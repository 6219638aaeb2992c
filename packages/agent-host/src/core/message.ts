import type { ToolCall } from './tool.ts'

/** Who speaks. `developer` is OpenAI's newer name for instructions above the user's. */
export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool'

/** Where the bytes of an image, audio clip or file are. */
export type Source =
  | { type: 'url'; url: string; mediaType?: string }
  | { type: 'base64'; data: string; mediaType: string; filename?: string }

/** A citation or link that a model server attached to text, kept as the server sent it. */
export interface Annotation {
  type: string
  [field: string]: unknown
}

export interface TextPart {
  type: 'text'
  text: string
  annotations?: Annotation[]
}
export interface RefusalPart {
  type: 'refusal'
  text: string
}
/** What the model thought. `signature` and `encrypted` are opaque and go back to the server unchanged. */
export interface ReasoningPart {
  type: 'reasoning'
  text?: string
  summary?: string
  signature?: string
  encrypted?: string
}
export interface MediaPart {
  type: 'image' | 'audio' | 'file'
  source: Source
}
export interface ToolCallPart {
  type: 'tool-call'
  call: ToolCall
}
export interface ToolResultPart {
  type: 'tool-result'
  callId: string
  parts: Part[]
  isError: boolean
}

export type Part = TextPart | RefusalPart | ReasoningPart | MediaPart | ToolCallPart | ToolResultPart

/** One immutable entry of a conversation. `extra` holds vendor fields that we pass on without reading. */
export interface Message {
  id: string
  role: Role
  parts: Part[]
  extra?: Record<string, unknown>
}

/** The visible text of some parts, in order, without reasoning, calls or results. */
export function toText(parts: readonly Part[]): string {
  let text = ''
  for (const part of parts) if (part.type === 'text' || part.type === 'refusal') text += part.text
  return text
}

/** A message of one text part. */
export function textMessage(id: string, role: Role, text: string): Message {
  return { id, role, parts: [{ type: 'text', text }] }
}
