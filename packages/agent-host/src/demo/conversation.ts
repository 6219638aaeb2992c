import type { ChatMessage, ChatRequest } from './chat-request.ts'

/** What the demo understands of a request. */
export interface Conversation {
  /** The text of the last thing that the user said. */
  question: string
  isKorean: boolean
  /** Whether the question came with images, sound or files. */
  hasMedia: boolean
  /** The names of the tools offered, as `tools` or as `functions`. */
  offered: string[]
  /** What the tools answered since the question, oldest first. */
  results: string[]
}

/** `tool_choice` is not looked at: most chat templates do not look at it either. */
export function toConversation({ messages, tools, functions }: ChatRequest): Conversation {
  const asked = messages.findLastIndex((message, at) => message.role === 'user' && !isResult(message, messages[at - 1]))
  const question = messages[asked]
  const text = question ? textOf(question) : ''
  return {
    question: text,
    isKorean: /[가-힣ㄱ-ㅎㅏ-ㅣ]/.test(text),
    hasMedia: Array.isArray(question?.content) && question.content.some((part) => part.type !== 'text'),
    offered: [...(tools ?? []).map((tool) => tool.function.name), ...(functions ?? []).map((tool) => tool.name)],
    results: messages
      .map((message, at) => ({ message, before: messages[at - 1] }))
      .slice(asked + 1)
      .filter(({ message, before }) => isResult(message, before))
      .map(({ message }) => textOf(message)),
  }
}

/**
 * A tool's answer has the role `tool` or `function`; hosts that may use neither put it into a user's message right
 * after the call, and say what it is.
 */
function isResult(message: ChatMessage, before: ChatMessage | undefined): boolean {
  if (message.role === 'tool' || message.role === 'function') return true
  if (message.role !== 'user' || before?.role !== 'assistant') return false
  const called = (before.tool_calls?.length ?? 0) > 0 || before.function_call != null || /to=\w/.test(textOf(before))
  return called && /^\W*(?:tool|function|result|observation)/i.test(textOf(message))
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => part.text ?? '').join('\n')
}
