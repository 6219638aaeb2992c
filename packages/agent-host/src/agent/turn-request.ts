import type { Capabilities } from '../backend/capabilities.ts'
import type { ChatRequest } from '../backend/model-server.ts'
import { offerTools } from '../backend/offered-tools.ts'
import type { Rung } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import { type Message, textMessage } from '../core/message.ts'
import type { ToolChoice, ToolSpec } from '../core/tool.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { HistoryProfile } from '../dialects/history/history-profile.ts'
import { historyProfile, toFunctions, toTextOnly } from '../dialects/history/profiles.ts'
import { toModelMessages } from '../dialects/history/to-model-messages.ts'
import { dialectFor } from '../dialects/registry.ts'
import { type AnswerFormat, toAnswerFormat } from './answer-format.ts'
import { choiceLesson } from './choice-lesson.ts'
import { formatLesson } from './format-lesson.ts'
import { type TaughtDialect, taughtDialect } from '../dialects/taught-dialect.ts'

export interface TurnRequestOptions {
  model: string
  tools: readonly ToolSpec[]
  capabilities: Capabilities
  parallelToolCalls: boolean
  /** Teach the tools in this dialect, whatever the server takes. Default: as the ladder finds out. */
  taught?: TaughtDialect | undefined
  /** Default: `auto`. */
  toolChoice?: ToolChoice | undefined
  maxTokens?: number | undefined
  temperature?: number | undefined
  /** Further fields of the request, which pass as they are. */
  parameters?: Readonly<Record<string, unknown>> | undefined
}

/** A request for one turn on one rung, and how to read the text of its answer. */
export interface TurnRequest {
  body: ChatRequest
  dialect: Dialect
  /** The tools that the model may call in this turn. */
  tools: readonly ToolSpec[]
  /** The JSON that the answer is to be, if any. */
  format: AnswerFormat | undefined
  /** It is demanded in words, as the server refuses or ignores the field. */
  teachesFormat: boolean
}

export function buildTurnRequest(messages: readonly Message[], rung: Rung, options: TurnRequestOptions): TurnRequest {
  const { model, capabilities, parallelToolCalls, maxTokens, temperature, parameters } = options
  const { avoided } = capabilities
  const { tools, choice, lesson } = chooseTools(rung, options)
  const taught = rung === 'prompt' && tools.length > 0 ? (options.taught ?? taughtDialect(model)) : undefined
  const format = toAnswerFormat(parameters?.response_format)
  const teachesFormat = format !== undefined && avoided.has(format.type)
  const lessons = [
    ...(taught ? [taught.promptTools(tools)] : []),
    ...lesson,
    ...(teachesFormat ? [formatLesson(format)] : []),
  ]
  const { parallel_tool_calls, ...offered } = offerTools(tools, rung, parallelToolCalls)
  const body: ChatRequest = {
    ...parameters,
    // JSON leaves out what is undefined.
    ...(teachesFormat && { response_format: undefined as never }),
    model,
    messages: toModelMessages(lessons.reduce(teach, messages), profileFor(rung, options, taught)),
    stream: true,
    ...(!avoided.has('stream-options') && { stream_options: { include_usage: true } }),
    ...offered,
    ...(choice !== undefined && { tool_choice: choice }),
    ...(parallel_tool_calls !== undefined && !avoided.has('parallel-tool-calls') && { parallel_tool_calls }),
    ...(taught?.stop && { stop: [...taught.stop] }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
  }
  return { body, dialect: taught ?? dialectFor(model), tools, format, teachesFormat }
}

interface ChosenTools {
  tools: readonly ToolSpec[]
  choice?: ChatRequest['tool_choice']
  lesson: string[]
}

/** The tools of the turn, and how a call is demanded: by the field where the server takes it, else in words. */
function chooseTools(rung: Rung, { tools, toolChoice = 'auto', capabilities }: TurnRequestOptions): ChosenTools {
  if (toolChoice === 'none') return { tools: [], lesson: [] }
  if (toolChoice === 'auto' || tools.length === 0) return { tools, lesson: [] }
  if (rung === 'tools' && !capabilities.avoided.has('tool-choice')) {
    const choice = toolChoice === 'required' ? toolChoice : { type: 'function' as const, function: toolChoice }
    return { tools, choice, lesson: [] }
  }
  const named = toolChoice === 'required' ? tools : tools.filter(({ name }) => name === toolChoice.name)
  return { tools: named, lesson: [choiceLesson(toolChoice)] }
}

/** How a rung wants the history that the model's own template is given. */
function profileFor(rung: Rung, { model, capabilities }: TurnRequestOptions, taught?: TaughtDialect): HistoryProfile {
  const profile = historyProfile(model)
  if (taught) {
    const { name, resultText = profile.resultText } = taught
    return { ...toTextOnly(profile), dialect: name, resultText }
  }
  if (capabilities.avoided.has('tool-role')) return toTextOnly(profile)
  return rung === 'functions' ? toFunctions(profile) : profile
}

/** Puts a lesson after the other instructions; the profile joins them where a template takes only one. */
function teach(messages: readonly Message[], text: string): readonly Message[] {
  const lesson = textMessage(createId('msg'), 'system', text)
  const first = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  return first === -1 ? [...messages, lesson] : messages.toSpliced(first, 0, lesson)
}
