import type { Message } from '../core/message.ts'
import { messageBytes } from './context-size.ts'

const note = '(An old result, left out here to save room.)'

/** A shorter result would not save anything worth its loss, in bytes. */
const shortest = 300

/** The message with a short note in place of each result. */
export function trimResult(message: Message): Message {
  const parts = message.parts.map((part) =>
    part.type === 'tool-result' ? { ...part, parts: [{ type: 'text' as const, text: note }] } : part,
  )
  return { ...message, parts }
}

/** Trims the oldest results until so many bytes are saved, but none since the model last spoke. */
export function trimOldResults(
  messages: readonly Message[],
  bytes: number,
): { messages: Message[]; trimmed: Message['id'][]; saved: number } {
  const current = messages.findLastIndex(({ role }) => role === 'assistant')
  const trimmed: string[] = []
  let saved = 0
  const kept = messages.map((message, i) => {
    if (saved >= bytes || i > current || message.role !== 'tool' || messageBytes(message) < shortest) return message
    const short = trimResult(message)
    saved += messageBytes(message) - messageBytes(short)
    trimmed.push(message.id)
    return short
  })
  return { messages: kept, trimmed, saved }
}
