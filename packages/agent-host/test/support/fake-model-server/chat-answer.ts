import type { SentBody } from './exchange.ts'
import type { Answer, FakeCall, FakeChoice, FakeUsage } from './reply.ts'
import { splitText } from './split-text.ts'
import { countTokens } from './token-count.ts'

/** What an answer needs besides its own words. */
export interface AnswerContext {
  body: SentBody
  /** Number of this answer, from 1: makes ids that are the same in every run of a test. */
  number: number
  promptTokens: number
  /** The field that reasoning goes into. */
  reasoningField: 'reasoning' | 'reasoning_content'
}

/** The whole answer as a `chat.completion`. */
export function toCompletion(answer: Answer, context: AnswerContext): unknown {
  const choices = choicesOf(answer, context.body)
  return {
    ...envelope(answer, context, 'chat.completion'),
    choices: choices.map((choice, index) => ({
      index,
      message: toMessage(choice, context, index),
      logprobs: choice.logprobs ?? null,
      finish_reason: finishReasonOf(choice),
      ...choice.extra,
    })),
    usage: usageOf(answer, choices, context),
  }
}

/** The answer as the JSON of each `chat.completion.chunk`; several choices take turns, as they do in vLLM. */
export function toChunks(answer: Answer, context: AnswerContext): unknown[] {
  const choices = choicesOf(answer, context.body)
  const head = envelope(answer, context, 'chat.completion.chunk')
  const wantsUsage = (context.body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true
  const usageField = wantsUsage ? { usage: null } : {}
  const lanes = choices.map((choice, index) => toDeltas(choice, answer, context, index))
  const chunks: unknown[] = []
  for (let at = 0; lanes.some((lane) => at < lane.length); at++) {
    for (const lane of lanes) if (at < lane.length) chunks.push({ ...head, choices: [lane[at]], ...usageField })
  }
  if (wantsUsage) chunks.push({ ...head, choices: [], usage: usageOf(answer, choices, context) })
  return chunks
}

/** The whole answer as a `text_completion`, or its pieces where the request streams. */
export function toTextCompletions(answer: Answer, context: AnswerContext): unknown[] {
  const head = envelope(answer, context, 'text_completion')
  const choices = choicesOf(answer, context.body)
  const usage = usageOf(answer, choices, context)
  if (context.body.stream !== true) {
    const ended = choices.map((choice, index) => toTextChoice(choice, index, choice.text ?? '', finishReasonOf(choice)))
    return [{ ...head, choices: ended, usage }]
  }
  return choices.flatMap((choice, index) => {
    const pieces = splitText(choice.text ?? '', answer.split ?? 'whole').map((piece) =>
      toTextChoice(choice, index, piece, null),
    )
    return [...pieces, toTextChoice(choice, index, '', finishReasonOf(choice))].map((piece) => ({
      ...head,
      choices: [piece],
    }))
  })
}

function toTextChoice(choice: FakeChoice, index: number, text: string, finish: string | null): unknown {
  return { index, text, logprobs: choice.logprobs ?? null, finish_reason: finish, ...choice.extra }
}

function envelope(answer: Answer, { body, number }: AnswerContext, object: string): Record<string, unknown> {
  return { id: `chatcmpl-fake-${number}`, object, created: 1_750_000_000, model: body.model ?? 'm', ...answer.envelope }
}

function choicesOf(answer: Answer, body: SentBody): readonly FakeChoice[] {
  if (answer.choices) return answer.choices
  return Array.from({ length: typeof body.n === 'number' ? body.n : 1 }, () => answer)
}

function finishReasonOf(choice: FakeChoice): string {
  if (choice.finishReason !== undefined) return choice.finishReason
  if ((choice.toolCalls?.length ?? 0) > 0) return 'tool_calls'
  return choice.functionCall ? 'function_call' : 'stop'
}

function argumentsOf(call: FakeCall): string {
  return typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments)
}

function idOf(call: FakeCall, { number }: AnswerContext, choice: number, index: number): string {
  return call.id ?? `call_${number}_${choice}_${index}`
}

function toMessage(choice: FakeChoice, context: AnswerContext, at: number): Record<string, unknown> {
  const { toolCalls, functionCall } = choice
  return {
    role: 'assistant',
    content: choice.text ?? null,
    ...(choice.reasoning !== undefined && { [context.reasoningField]: choice.reasoning }),
    ...(choice.refusal !== undefined && { refusal: choice.refusal }),
    ...(toolCalls && {
      tool_calls: toolCalls.map((call, index) => ({
        id: idOf(call, context, at, index),
        type: 'function',
        function: { name: call.name, arguments: argumentsOf(call) },
      })),
    }),
    ...(functionCall && { function_call: { name: functionCall.name, arguments: argumentsOf(functionCall) } }),
  }
}

function toDeltas(choice: FakeChoice, answer: Answer, context: AnswerContext, at: number): unknown[] {
  const split = answer.split ?? 'whole'
  const splitArguments = answer.splitArguments ?? split
  const deltas: Record<string, unknown>[] = [{ role: 'assistant', content: '' }]
  for (const piece of splitText(choice.reasoning ?? '', split)) deltas.push({ [context.reasoningField]: piece })
  for (const piece of splitText(choice.text ?? '', split)) deltas.push({ content: piece })
  for (const piece of splitText(choice.refusal ?? '', split)) deltas.push({ refusal: piece })
  for (const [index, call] of (choice.toolCalls ?? []).entries()) {
    const id = idOf(call, context, at, index)
    deltas.push({ tool_calls: [{ index, id, type: 'function', function: { name: call.name, arguments: '' } }] })
    for (const piece of splitText(argumentsOf(call), splitArguments)) {
      deltas.push({ tool_calls: [{ index, function: { arguments: piece } }] })
    }
  }
  if (choice.functionCall) {
    deltas.push({ function_call: { name: choice.functionCall.name, arguments: '' } })
    for (const piece of splitText(argumentsOf(choice.functionCall), splitArguments)) {
      deltas.push({ function_call: { arguments: piece } })
    }
  }
  const logprobs = choice.logprobs ?? null
  return [
    ...deltas.map((delta) => ({ index: at, delta, logprobs, finish_reason: null })),
    { index: at, delta: {}, logprobs: null, finish_reason: finishReasonOf(choice), ...choice.extra },
  ]
}

function usageOf(answer: Answer, choices: readonly FakeChoice[], context: AnswerContext): FakeUsage {
  if (answer.usage) return answer.usage
  const written = choices.map((choice) => JSON.stringify(toMessage(choice, context, 0))).join('')
  const completion = countTokens(written)
  return {
    prompt_tokens: context.promptTokens,
    completion_tokens: completion,
    total_tokens: context.promptTokens + completion,
  }
}
