import { joinContents } from './content-parts.ts'
import type { HistoryProfile } from './history-profile.ts'
import type { ModelMessage } from './model-message.ts'

/** Stands in where a template demands a turn that nobody took. */
const nobodySpoke = '(no message)'

type Turn = Extract<ModelMessage, { role: 'user' | 'assistant' }>
type SystemMessage = Extract<ModelMessage, { role: 'system' | 'developer' }>

/** System messages where the profile wants them. */
export function placeSystem(messages: readonly ModelMessage[], profile: HistoryProfile): ModelMessage[] {
  const system = messages.filter((message) => isSystem(message))
  if (profile.system === 'keep' || system.length === 0) return [...messages]
  const rest = messages.filter((message) => !isSystem(message))
  const content = system.map((message) => message.content).join('\n\n')
  if (profile.system === 'first') {
    const role = system.every((message) => message.role === 'developer') ? 'developer' : 'system'
    return [{ role, content }, ...rest]
  }
  const [first, ...others] = rest
  if (first?.role !== 'user') return [{ role: 'user', content }, ...rest]
  return [{ role: 'user', content: joinContents(content, first.content) }, ...others]
}

/**
 * User and assistant in turn, calls and their results aside: neighbours of one role become one message, and a missing
 * turn is stood in for.
 */
export function alternate(messages: readonly ModelMessage[]): ModelMessage[] {
  const arranged: ModelMessage[] = []
  let spoke: Turn['role'] | undefined
  for (const message of messages) {
    const last = arranged.at(-1)
    const merged = last && merge(last, message)
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

function isSystem(message: ModelMessage): message is SystemMessage {
  return message.role === 'system' || message.role === 'developer'
}

function hasCalls(message: ModelMessage): boolean {
  return message.role === 'assistant' && (message.tool_calls !== undefined || message.function_call !== undefined)
}

function merge(one: ModelMessage, other: ModelMessage): ModelMessage | undefined {
  if (one.role === 'user' && other.role === 'user') {
    return { role: 'user', content: joinContents(one.content, other.content) }
  }
  if (one.role !== 'assistant' || other.role !== 'assistant' || hasCalls(one)) return undefined
  const content = [one.content, other.content].filter((text) => text !== null && text !== '').join('\n\n')
  return { ...one, ...other, content }
}
