/** What the events of a chat completion say, put together as a client does. */
export interface AssembledChoice {
  content: string
  reasoning: string
  refusal: string
  tool_calls: { id: string; name: string; arguments: string }[]
  function_call?: { name: string; arguments: string }
  finish_reason: string | null
  logprobs: unknown[]
}

export interface AssembledStream {
  choices: AssembledChoice[]
  chunks: Chunk[]
  usage?: unknown
  error?: { message: string; type: string; param: unknown; code: unknown }
  /** Whether `[DONE]` came, as the last of all. */
  done: boolean
}

interface Delta {
  content?: string | null
  reasoning?: string
  reasoning_content?: string
  refusal?: string
  tool_calls?: { index: number; id?: string; function?: { name?: string; arguments?: string } }[]
  function_call?: { name?: string; arguments?: string }
}
export interface Chunk {
  choices?: { index: number; delta: Delta; finish_reason?: string | null; logprobs?: unknown }[]
  usage?: unknown
  error?: AssembledStream['error']
  [field: string]: unknown
}

/** Puts a streamed answer together. @throws where an event is none. */
export function assembleStream(text: string): AssembledStream {
  const data = text.split(/\r\n\r\n|\n\n|\r\r/).flatMap((event) => (event.startsWith('data: ') ? [event.slice(6)] : []))
  const done = data.at(-1) === '[DONE]'
  const chunks = data.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line) as Chunk)
  const choices: AssembledChoice[] = []
  const assembled: AssembledStream = { choices, chunks, done }
  for (const { choices: parts = [], usage, error } of chunks) {
    if (usage != null) assembled.usage = usage
    if (error) assembled.error = error
    for (const part of parts) {
      const choice = (choices[part.index] ??= empty())
      if (choice.finish_reason !== null) throw new Error('a delta came after the finish reason')
      add(choice, part.delta)
      if (part.logprobs != null) choice.logprobs.push(part.logprobs)
      choice.finish_reason = part.finish_reason ?? null
    }
  }
  return assembled
}

function empty(): AssembledChoice {
  return { content: '', reasoning: '', refusal: '', tool_calls: [], finish_reason: null, logprobs: [] }
}

function add(choice: AssembledChoice, delta: Delta): void {
  if (delta.reasoning !== delta.reasoning_content) throw new Error('reasoning has one name only')
  choice.content += delta.content ?? ''
  choice.reasoning += delta.reasoning ?? ''
  choice.refusal += delta.refusal ?? ''
  for (const { index, id, function: called } of delta.tool_calls ?? []) {
    if (index > choice.tool_calls.length) throw new Error(`call ${index} came too early`)
    const call = (choice.tool_calls[index] ??= { id: '', name: '', arguments: '' })
    call.id ||= id ?? ''
    call.name ||= called?.name ?? ''
    call.arguments += called?.arguments ?? ''
  }
  if (!delta.function_call) return
  choice.function_call ??= { name: '', arguments: '' }
  choice.function_call.name ||= delta.function_call.name ?? ''
  choice.function_call.arguments += delta.function_call.arguments ?? ''
}

/** A whole chat completion in the same form. */
export function assembleWhole(body: unknown): AssembledChoice[] {
  const { choices } = body as { choices: { message: Delta; finish_reason: string; logprobs?: unknown }[] }
  return choices.map(({ message, finish_reason: reason, logprobs }) => {
    const choice = empty()
    const calls = message.tool_calls?.map((call, index) => ({ ...call, index }))
    add(choice, { ...message, ...(calls && { tool_calls: calls }) })
    if (logprobs != null) choice.logprobs.push(logprobs)
    choice.finish_reason = reason
    return choice
  })
}
