import type { ToolCall } from '../core/tool.ts'
import type { OpenAITool } from './openai-shapes.ts'
import { parseText } from './parse-text.ts'

/** As much of an OpenAI chat completion as is read here. */
export interface ChatCompletionLike {
  model?: string
  choices: readonly ChoiceLike[]
}
interface ChoiceLike {
  finish_reason?: string | null
  message: MessageLike
}
interface MessageLike {
  content?: string | null
  reasoning_content?: string | null
  reasoning?: string | null
  tool_calls?: readonly unknown[] | null
}

/**
 * A chat completion whose text held tool calls, with `tool_calls` added and `finish_reason` set to match. The content
 * stays as it was, and choices that have native calls are left alone. `dialect` defaults to what the model speaks.
 */
export function recoverToolCalls<Completion extends ChatCompletionLike>(
  response: Completion,
  tools?: readonly OpenAITool[],
  dialect?: string,
): Completion {
  const recover = (choice: ChoiceLike): ChoiceLike => {
    const { message } = choice
    if (message.tool_calls && message.tool_calls.length > 0) return choice
    const options = {
      ...(dialect !== undefined && { dialect }),
      ...(response.model !== undefined && { model: response.model }),
      ...(tools && { tools }),
      finishReason: choice.finish_reason === 'length' ? ('length' as const) : ('stop' as const),
    }
    const thought = parseText(message.reasoning_content ?? message.reasoning ?? '', {
      ...options,
      opensIn: 'reasoning',
    })
    const firstCallIndex = thought.toolCalls.length
    const calls = [...thought.toolCalls, ...parseText(message.content ?? '', { ...options, firstCallIndex }).toolCalls]
    if (calls.length === 0) return choice
    return { ...choice, finish_reason: 'tool_calls', message: { ...message, tool_calls: calls.map(toNativeCall) } }
  }
  return { ...response, choices: response.choices.map(recover) }
}

function toNativeCall({ id, name, arguments: args }: ToolCall): object {
  return { id, type: 'function', function: { name, arguments: args } }
}
