/** What a model family's chat template, or the server in front of it, wants of a conversation. Plain data. */
export interface HistoryProfile {
  /** Where calls stand: natively, as the older single `function_call`, or in the text, written by `dialect`. */
  calls: 'tool_calls' | 'function_call' | 'content'
  /** The role that a tool's result comes back in. `function` goes with `function_call`. */
  toolRole: 'tool' | 'function' | 'user'
  /** Name of the dialect that writes calls into the text, where `calls` is `content`. */
  dialect: string
  /** How a result reads in a user's message; `{name}` and `{result}` stand for the tool's name and what it gave. */
  resultText: string
  /**
   * Whether native calls carry their arguments as JSON text, which OpenAI's API demands and vLLM, SGLang, Ollama and
   * llama.cpp parse before they render, or as an object, for servers that hand messages to the template as they came.
   */
  arguments: 'string' | 'object'
  /** How many calls one assistant message may hold; with `one`, each is followed by its own result. */
  callsPerMessage: 'many' | 'one'
  /** Ids of calls as they are, as 9 letters and digits (Mistral), or as `functions.name:0`, counted (Kimi). */
  callIds: 'keep' | 'nine' | 'numbered'
  /** The content of an assistant message that has calls only. */
  emptyContent: string | null
  /**
   * Where text goes that came with calls: beside them; apart, in a message of its own before them; or beside them in
   * the running tool loop and apart in those before it.
   */
  textOfCalls: 'beside' | 'apart' | 'beside-in-loop'
  /**
   * System messages where they are; in one at the beginning; or at the beginning of the first user message. Late ones,
   * unless kept, go to the next user message.
   */
  system: 'keep' | 'first' | 'user'
  /** `developer` as it is, or as `system`. */
  developer: 'keep' | 'system'
  /** Whether the first message after the system's must be a user's. */
  opensWithUser: boolean
  /** Whether user and assistant must take turns, beginning with the user. Calls and their results do not count. */
  alternate: boolean
  /** Whose reasoning goes back: nobody's, that of the running tool loop, or all. */
  reasoning: 'drop' | 'current' | 'all'
  /** The fields that reasoning goes back in. */
  reasoningFields: readonly ('reasoning_content' | 'reasoning' | 'thinking')[]
  /** Whether an assistant message may hold both text and reasoning; where not, the text stays. */
  reasoningBesideText: boolean
}
