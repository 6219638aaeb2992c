/** A JSON Schema object, draft 2020-12 unless it says otherwise. */
export type JsonSchema = Record<string, unknown>

/** What a model is told of a tool. */
export interface ToolSpec {
  /** The name the model calls it by, unique among the tools of one request. */
  name: string
  description?: string
  /** Schema of the arguments object. */
  parameters: JsonSchema
}

/** Whether the model may, must not or must call, and which function. */
export type ToolChoice = 'auto' | 'none' | 'required' | { name: string }

/** A call that a model made. */
export interface ToolCall {
  id: string
  name: string
  /** JSON text, exactly the concatenation of the call's `tool-input-delta` events. */
  arguments: string
}

/** Something that was meant as a call but cannot be run. */
export interface MalformedCall {
  id: string
  /** Absent where the model lost it. */
  name?: string
  /** The text the model wrote. */
  raw: string
  /** What is wrong with it, in words that help the model to do it right. */
  problem: string
}
