import type { MediaPart, Part } from '../../core/message.ts'
import type { ToolCall } from '../../core/tool.ts'
import { findDialect } from '../registry.ts'
import { joinContents, joinTexts, mediaOf, toUserContent } from './content-parts.ts'
import type { AnsweredCall, Exchange } from './exchanges.ts'
import type { HistoryProfile } from './history-profile.ts'
import type { ModelAssistantMessage, ModelFunctionCall, ModelMessage } from './model-message.ts'

/** What a call that was never answered is answered with, since servers refuse calls without results. */
const noResult: readonly Part[] = [{ type: 'text', text: 'This call was never run.' }]

/** An assistant's message and the results of its calls. `toId` gives a call's id as the profile wants it. */
export function writeAssistant(
  exchange: Exchange,
  profile: HistoryProfile,
  keepsReasoning: boolean,
  toId: (id: string) => string,
): ModelMessage[] {
  const { parts, calls } = exchange
  const text = joinTexts(parts, '')
  const reasoning = keepsReasoning ? writeReasoning(exchange, profile, text) : {}
  if (calls.length === 0) {
    return text === '' && Object.keys(reasoning).length === 0
      ? []
      : [{ role: 'assistant', content: text, ...reasoning }]
  }
  if (profile.calls === 'content') {
    const written = findDialect(profile.dialect)?.write(calls.map(({ call }) => call)) ?? ''
    const content = text === '' ? written : `${text}\n${written}`
    return [{ role: 'assistant', content, ...reasoning }, ...writeResults(calls, profile, toId)]
  }
  const single = profile.callsPerMessage === 'one' || profile.calls === 'function_call'
  const groups = single ? calls.map((call) => [call]) : [calls]
  return groups.flatMap((group, at) => [
    {
      role: 'assistant',
      content: at > 0 || text === '' ? profile.emptyContent : text,
      ...writeCalls(group, profile, toId),
      ...(at === 0 && reasoning),
    },
    ...writeResults(group, profile, toId),
  ])
}

/** A result as a user's message. */
export function writeAsUser(name: string, result: readonly Part[], profile: HistoryProfile): ModelMessage {
  const values: Record<string, string> = { name, result: joinTexts(result) }
  const text = profile.resultText.replaceAll(/\{(name|result)\}/g, (_, key: string) => values[key] ?? '')
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

function writeCalls(
  group: readonly AnsweredCall[],
  profile: HistoryProfile,
  toId: (id: string) => string,
): Partial<ModelAssistantMessage> {
  const calls = group.map(({ call }) => call)
  if (profile.calls === 'function_call') {
    return Object.assign({}, ...calls.map((call) => ({ function_call: writeFunction(call, profile) })))
  }
  return {
    tool_calls: calls.map((call) => ({ id: toId(call.id), type: 'function', function: writeFunction(call, profile) })),
  }
}

function writeFunction(call: ToolCall, profile: HistoryProfile): ModelFunctionCall {
  const json = call.arguments === '' ? '{}' : call.arguments
  return { name: call.name, arguments: profile.arguments === 'object' ? (toObject(json) ?? json) : json }
}

function toObject(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function writeResults(
  group: readonly AnsweredCall[],
  profile: HistoryProfile,
  toId: (id: string) => string,
): ModelMessage[] {
  const results = group.map(({ call, result }) => ({ call, parts: result?.parts ?? noResult }))
  if (profile.toolRole === 'user') return results.map(({ call, parts }) => writeAsUser(call.name, parts, profile))
  const messages = results.map<ModelMessage>(({ call, parts }) =>
    profile.toolRole === 'function'
      ? { role: 'function', name: call.name, content: joinTexts(parts) }
      : { role: 'tool', tool_call_id: toId(call.id), content: joinTexts(parts) },
  )
  return [...messages, ...writeMedia(results)]
}

/** Images and files of results, which only a user's message can hold. */
function writeMedia(results: readonly { call: ToolCall; parts: readonly Part[] }[]): ModelMessage[] {
  return results.flatMap(({ call, parts }) => {
    const media: readonly MediaPart[] = mediaOf(parts)
    if (media.length === 0) return []
    return [{ role: 'user', content: joinContents(`From ${call.name}:`, toUserContent(media)) }]
  })
}
