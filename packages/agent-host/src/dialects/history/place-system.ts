import { joinContents } from './content-parts.ts'
import type { HistoryProfile } from './history-profile.ts'
import type { ModelMessage } from './model-message.ts'

type SystemMessage = Extract<ModelMessage, { role: 'system' | 'developer' }>

/**
 * System messages where the profile wants them. Late ones stay as near to their place as the next user message, so that
 * the beginning of the conversation, which servers cache, never changes.
 */
export function placeSystem(messages: readonly ModelMessage[], { system }: HistoryProfile): ModelMessage[] {
  if (system === 'keep') return [...messages]
  const spoken = messages.findIndex((message) => !isSystem(message))
  const leading = messages.slice(0, spoken === -1 ? messages.length : spoken).filter((message) => isSystem(message))
  const rest = messages.slice(leading.length)
  const content = joinSystem(leading)
  const placed: ModelMessage[] = []
  let late: SystemMessage[] = []
  if (content !== '') placed.push({ role: system === 'first' ? roleOf(leading) : 'user', content })
  for (const message of rest) {
    if (isSystem(message)) {
      late.push(message)
    } else if (message.role === 'user' && late.length > 0) {
      placed.push({ role: 'user', content: joinContents(joinSystem(late), message.content) })
      late = []
    } else {
      placed.push(message)
    }
  }
  const end = joinSystem(late)
  if (end !== '') placed.push({ role: 'user', content: end })
  return system === 'user' && content !== '' ? joinFirstTwo(placed) : placed
}

function joinFirstTwo(messages: readonly ModelMessage[]): ModelMessage[] {
  const [one, other, ...rest] = messages
  if (one?.role !== 'user' || other?.role !== 'user') return [...messages]
  return [{ role: 'user', content: joinContents(one.content, other.content) }, ...rest]
}

function joinSystem(messages: readonly SystemMessage[]): string {
  return messages
    .map((message) => message.content)
    .filter((text) => text !== '')
    .join('\n\n')
}

function roleOf(messages: readonly SystemMessage[]): SystemMessage['role'] {
  return messages.every((message) => message.role === 'developer') ? 'developer' : 'system'
}

function isSystem(message: ModelMessage): message is SystemMessage {
  return message.role === 'system' || message.role === 'developer'
}
