import { joinContents } from './content-parts.ts'
import type { HistoryProfile } from './history-profile.ts'
import type { ModelMessage } from './model-message.ts'
import { placeSystem } from './place-system.ts'

/** Stands in where a template demands a turn that nobody took. */
const nobodySpoke = '(no message)'

type Turn = Extract<ModelMessage, { role: 'user' | 'assistant' }>

/** Messages in the order and with the turns that the profile demands. */
export function arrange(messages: readonly ModelMessage[], profile: HistoryProfile): ModelMessage[] {
  const placed = placeSystem(messages, profile)
  // No server takes an empty conversation.
  if (placed.length === 0) return openWithUser(placed)
  if (profile.alternate) return alternate(openWithUser(placed), profile)
  return profile.opensWithUser ? openWithUser(placed) : placed
}

function openWithUser(messages: readonly ModelMessage[]): ModelMessage[] {
  const first = messages.findIndex((message) => message.role !== 'system' && message.role !== 'developer')
  if (messages[first]?.role === 'user') return [...messages]
  return messages.toSpliced(first === -1 ? messages.length : first, 0, { role: 'user', content: nobodySpoke })
}

/**
 * User and assistant in turn, calls and their results aside: neighbours of one role become one message, and a missing
 * turn is stood in for.
 */
function alternate(messages: readonly ModelMessage[], profile: HistoryProfile): ModelMessage[] {
  const arranged: ModelMessage[] = []
  let spoke: Turn['role'] | undefined
  for (const message of messages) {
    const last = arranged.at(-1)
    const merged = last && merge(last, message, profile)
    if (merged) {
      arranged.splice(-1, 1, merged)
    } else {
      const missing = findMissing(spoke, message)
      if (missing) arranged.push({ role: missing, content: nobodySpoke })
      arranged.push(message)
    }
    const now = merged ?? message
    // The results of calls stand where a user would.
    if (hasCalls(now)) spoke = 'user'
    else if (now.role === 'user' || now.role === 'assistant') spoke = now.role
  }
  return arranged
}

/** Who ought to have spoken between the last speaker and this message. */
function findMissing(spoke: Turn['role'] | undefined, message: ModelMessage): Turn['role'] | undefined {
  if (message.role === 'user') return spoke === 'user' ? 'assistant' : undefined
  if (message.role !== 'assistant' || spoke === 'user') return undefined
  return 'user'
}

function hasCalls(message: ModelMessage): boolean {
  return message.role === 'assistant' && (message.tool_calls !== undefined || message.function_call !== undefined)
}

function merge(one: ModelMessage, other: ModelMessage, profile: HistoryProfile): ModelMessage | undefined {
  if (one.role === 'user' && other.role === 'user') {
    return { role: 'user', content: joinContents(one.content, other.content) }
  }
  if (one.role !== 'assistant' || other.role !== 'assistant' || hasCalls(one)) return undefined
  if (hasCalls(other) && profile.textOfCalls !== 'beside') return undefined
  const content = [one.content, other.content].filter((text) => text !== null && text !== '').join('\n\n')
  return { ...one, ...other, content }
}
