import { isObject } from './wire.ts'

type WireMessage = Readonly<Record<string, unknown>>

/** Messages with a further instruction: at the end of the first system message, as some templates take only one. */
export function addInstruction(messages: readonly WireMessage[], text: string): readonly WireMessage[] {
  const [first, ...rest] = messages
  if (!first || (first.role !== 'system' && first.role !== 'developer')) {
    return [{ role: 'system', content: text }, ...messages]
  }
  const { content } = first
  if (Array.isArray(content))
    return [{ ...first, content: [...(content as unknown[]), { type: 'text', text }] }, ...rest]
  return [
    { ...first, content: typeof content === 'string' && content !== '' ? `${content}\n\n${text}` : text },
    ...rest,
  ]
}

/** Whether messages have forms that some chat templates refuse, though OpenAI's API has them: any but users and assistants in turn. */
export function hasOddForms(messages: readonly WireMessage[]): boolean {
  let last: unknown
  return messages.some(({ role, content }) => {
    const repeated = role === last
    last = role
    return repeated || content == null || (role !== 'user' && role !== 'assistant')
  })
}

/** Whether the conversation holds calls or their results in the protocol's own form. */
export function hasToolMessages(messages: readonly WireMessage[]): boolean {
  return messages.some(
    ({ role, tool_calls: calls, function_call: call }) =>
      role === 'tool' || role === 'function' || (Array.isArray(calls) && calls.length > 0) || isObject(call),
  )
}

/** How many calls the conversation holds, for families whose ids count them. */
export function countCalls(messages: readonly WireMessage[]): number {
  return messages.reduce(
    (sum, { tool_calls: calls, function_call: call }) =>
      sum + (Array.isArray(calls) ? calls.length : isObject(call) ? 1 : 0),
    0,
  )
}
