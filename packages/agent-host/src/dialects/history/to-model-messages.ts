import type { Message } from '../../core/message.ts'
import { alternate, placeSystem } from './arrange.ts'
import { joinTexts, toUserContent } from './content-parts.ts'
import { type Exchange, pairResults } from './exchanges.ts'
import type { HistoryProfile } from './history-profile.ts'
import type { ModelMessage } from './model-message.ts'
import { createNineCharacterIds } from './nine-character-ids.ts'
import { writeAssistant, writeAsUser } from './write-assistant.ts'

/**
 * A conversation as messages to a model server, as the profile wants them. Nothing is lost: every word of a user, every
 * call and every result is there once. Results follow their calls; a result without a call becomes a user's message.
 */
export function toModelMessages(messages: readonly Message[], profile: HistoryProfile): ModelMessage[] {
  const exchanges = pairResults(messages)
  const ids = exchanges.flatMap(({ calls }) => calls.map(({ call }) => call.id))
  const toId = profile.callIds === 'nine' ? createNineCharacterIds(ids) : (id: string) => id
  const lastUser = messages.findLastIndex((message) => message.role === 'user')
  const written = exchanges.flatMap((exchange, at) => {
    const keepsReasoning = profile.reasoning === 'all' || (profile.reasoning === 'current' && at > lastUser)
    const own =
      exchange.message.role === 'assistant'
        ? writeAssistant(exchange, profile, keepsReasoning, toId)
        : writeSpoken(exchange, profile)
    return [...own, ...exchange.orphans.map((result) => writeAsUser('an earlier call', result.parts, profile))]
  })
  const placed = placeSystem(written, profile)
  return profile.alternate ? alternate(placed) : placed
}

function writeSpoken({ message, parts }: Exchange, profile: HistoryProfile): ModelMessage[] {
  if (message.role === 'system' || message.role === 'developer') {
    return [{ role: profile.developer === 'system' ? 'system' : message.role, content: joinTexts(parts) }]
  }
  return parts.length === 0 ? [] : [{ role: 'user', content: toUserContent(parts) }]
}
