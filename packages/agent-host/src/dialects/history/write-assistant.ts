import type { MediaPart, Part } from '../../core/message.ts'
import type { ToolCall } from '../../core/tool.ts'
import { findDialect } from '../registry.ts'
import { toArgumentsObject, toArgumentsText } from './call-arguments.ts'
import { joinContents, joinTexts, mediaOf, toUserContent } from './content-parts.ts'
import type { Exchange } from './exchanges.ts'
import type { HistoryProfile } from './history-profile.ts'
import type { ModelAssistantMessage, ModelFunctionCall, ModelMessage } from './model-message.ts'
import { resultParts } from './result-parts.ts'

/** What an assistant's message is written by. */
export interface AssistantContext {
  profile: HistoryProfile
  /** Whether the message belongs to the running tool loop. */
  inLoop: boolean
  /** A call's id as the profile wants it. */
  toId: (call: ToolCall) => string
}

interface WrittenCall {
  id: string
  call: ToolCall
  result: readonly Part[]
}

/** An assistant's message and the results of its calls. */
export function writeAssistant(exchange: Exchange, { profile, inLoop, toId }: AssistantContext): ModelMessage[] {
  const text = joinTexts(exchange.parts, '')
  const keepsReasoning = profile.reasoning === 'all' || (profile.reasoning === 'current' && inLoop)
  const calls = exchange.calls.map(({ call, result }) => ({
    id: toId(call),
    call: { ...call, arguments: toArgumentsText(call.arguments) },
    result: resultParts(result),
  }))
  if (calls.length === 0) {
    const reasoning = keepsReasoning ? writeReasoning(exchange, profile, text) : {}
    if (text === '' && Object.keys(reasoning).length === 0) return []
    return [{ role: 'assistant', content: text, ...reasoning }]
  }
  const apart = text !== '' && isApart(profile, inLoop)
  const beside = apart ? '' : text
  const reasoning = keepsReasoning ? writeReasoning(exchange, profile, beside) : {}
  return [
    ...(apart ? [{ role: 'assistant', content: text } as const] : []),
    ...writeCallMessages(calls, beside, reasoning, profile),
  ]
}

function isApart({ calls, textOfCalls }: HistoryProfile, inLoop: boolean): boolean {
  return calls !== 'content' && (textOfCalls === 'apart' || (textOfCalls === 'beside-in-loop' && !inLoop))
}

function writeCallMessages(
  calls: readonly WrittenCall[],
  text: string,
  reasoning: Partial<ModelAssistantMessage>,
  profile: HistoryProfile,
): ModelMessage[] {
  if (profile.calls === 'content') {
    const written = findDialect(profile.dialect)?.write(calls.map(({ call }) => call)) ?? ''
    const content = text === '' ? written : `${text}\n${written}`
    return [{ role: 'assistant', content, ...reasoning }, ...writeResults(calls, profile)]
  }
  const single = profile.callsPerMessage === 'one' || profile.calls === 'function_call'
  const groups = single ? calls.map((call) => [call]) : [calls]
  return groups.flatMap((group, at) => [
    {
      role: 'assistant',
      content: at > 0 || text === '' ? profile.emptyContent : text,
      ...writeCalls(group, profile),
      ...(at === 0 && reasoning),
    },
    ...writeResults(group, profile),
  ])
}

/** A result as a user's message. */
export function writeAsUser(
  name: string,
  result: readonly Part[],
  { resultText }: Pick<HistoryProfile, 'resultText'>,
): ModelMessage {
  const values: Record<string, string> = { name, result: joinTexts(result) }
  const text = resultText.replaceAll(/\{(name|result)\}/g, (_, key: string) => values[key] ?? '')
  return { role: 'user', content: joinContents(text, toUserContent(mediaOf(result))) }
}

function writeReasoning(
  { reasoning }: Exchange,
  profile: HistoryProfile,
  text: string,
): Partial<ModelAssistantMessage> {
  const thought = reasoning.map((part) => part.text ?? part.summary ?? '').join('')
  if (thought === '' || (text !== '' && !profile.reasoningBesideText)) return {}
  return Object.fromEntries(profile.reasoningFields.map((field) => [field, thought]))
}

function writeCalls(group: readonly WrittenCall[], profile: HistoryProfile): Partial<ModelAssistantMessage> {
  if (profile.calls === 'function_call') {
    return Object.assign({}, ...group.map(({ call }) => ({ function_call: writeFunction(call, profile) })))
  }
  return { tool_calls: group.map(({ id, call }) => ({ id, type: 'function', function: writeFunction(call, profile) })) }
}

function writeFunction({ name, arguments: text }: ToolCall, profile: HistoryProfile): ModelFunctionCall {
  return { name, arguments: profile.arguments === 'object' ? (toArgumentsObject(text) ?? text) : text }
}

function writeResults(group: readonly WrittenCall[], profile: HistoryProfile): ModelMessage[] {
  if (profile.toolRole === 'user') return group.map(({ call, result }) => writeAsUser(call.name, result, profile))
  const messages = group.map<ModelMessage>(({ id, call, result }) =>
    profile.toolRole === 'function'
      ? { role: 'function', name: call.name, content: joinTexts(result) }
      : { role: 'tool', tool_call_id: id, content: joinTexts(result) },
  )
  return [...messages, ...writeMedia(group)]
}

/** Images and files of results, which only a user's message can hold. */
function writeMedia(group: readonly WrittenCall[]): ModelMessage[] {
  return group.flatMap(({ call, result }) => {
    const media: readonly MediaPart[] = mediaOf(result)
    if (media.length === 0) return []
    return [{ role: 'user', content: joinContents(`From ${call.name}:`, toUserContent(media)) }]
  })
}
