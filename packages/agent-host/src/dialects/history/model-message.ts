/** One part of a user's content, as OpenAI's chat completions write it. */
export type ModelContentPart =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string } }
  | { type: 'input_audio'; input_audio: { data: string; format: string } }
  | { type: 'file'; file: { file_data: string; filename?: string } }

/** A native call. `arguments` is JSON text, or the object itself for servers whose templates want that. */
export interface ModelToolCall {
  id: string
  type: 'function'
  function: ModelFunctionCall
}
export interface ModelFunctionCall {
  name: string
  arguments: string | object
}

export interface ModelAssistantMessage {
  role: 'assistant'
  content: string | null
  tool_calls?: ModelToolCall[]
  function_call?: ModelFunctionCall
  /** Reasoning, under the names that a profile gives it. */
  reasoning_content?: string
  reasoning?: string
  thinking?: string
}

/** One message to a model server, as OpenAI's chat completions write it. */
export type ModelMessage =
  | { role: 'system' | 'developer'; content: string }
  | { role: 'user'; content: string | ModelContentPart[] }
  | ModelAssistantMessage
  | { role: 'tool'; tool_call_id: string; content: string }
  | { role: 'function'; name: string; content: string }
