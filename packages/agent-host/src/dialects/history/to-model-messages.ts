import type { Message } from '../../core/message.ts'
import type { ToolCall } from '../../core/tool.ts'
import { arrange } from './arrange.ts'
import { joinTexts, toUserContent } from './content-parts.ts'
import { type Exchange, pairResults } from './exchanges.ts'
import type { HistoryProfile } from './history-profile.ts'
import type { ModelMessage } from './model-message.ts'
import { createNineCharacterIds } from './nine-character-ids.ts'
import { createNumberedIds } from './numbered-ids.ts'
import { resultParts } from './result-parts.ts'
import { writeAssistant, writeAsUser } from './write-assistant.ts'

/** Says what a result belongs to whose call is not there. */
const noCall: Pick<HistoryProfile, 'resultText'> = { resultText: 'Result of an earlier call:\n{result}' }

/**
 * A conversation as messages to a model server, as the profile wants them. Nothing is lost: every word of a user, every
 * call and every result is there once. Results follow their calls; a result without a call becomes a user's message.
 */
export function toModelMessages(messages: readonly Message[], profile: HistoryProfile): ModelMessage[] {
  const exchanges = pairResults(messages)
  const toId = createIds(exchanges, profile)
  const loop = exchanges.findLastIndex((exchange) => endsLoop(exchange)) + 1
  const written = exchanges.flatMap((exchange, at) => {
    const own =
      exchange.message.role === 'assistant'
        ? writeAssistant(exchange, { profile, inLoop: at >= loop, toId })
        : writeSpoken(exchange, profile)
    return [...own, ...exchange.orphans.map((result) => writeAsUser('', resultParts(result), noCall))]
  })
  return arrange(written, profile)
}

/** A tool loop runs from what the user said until the model answers without a call. */
function endsLoop({ message, parts, calls }: Exchange): boolean {
  return message.role === 'user' || (message.role === 'assistant' && calls.length === 0 && joinTexts(parts) !== '')
}

function createIds(exchanges: readonly Exchange[], { callIds }: HistoryProfile): (call: ToolCall) => string {
  const calls = exchanges.flatMap((exchange) => exchange.calls.map(({ call }) => call))
  if (callIds === 'numbered') return createNumberedIds(calls)
  if (callIds === 'keep') return (call) => call.id
  const toNine = createNineCharacterIds(calls.map((call) => call.id))
  return (call) => toNine(call.id)
}

function writeSpoken({ message, parts }: Exchange, profile: HistoryProfile): ModelMessage[] {
  if (message.role === 'system' || message.role === 'developer') {
    return [{ role: profile.developer === 'system' ? 'system' : message.role, content: joinTexts(parts) }]
  }
  return parts.length === 0 ? [] : [{ role: 'user', content: toUserContent(parts) }]
}
