import type { ModelEvent, TurnEnd, Usage } from '../core/events.ts'
import { createId } from '../core/ids.ts'
import type { Message, Part } from '../core/message.ts'
import type { MalformedCall, ToolCall } from '../core/tool.ts'

/** One whole model turn. */
export interface Turn {
  message: Message
  calls: ToolCall[]
  malformed: MalformedCall[]
  reason: TurnEnd
  usage: Usage | undefined
}

/** Gathers the events of a turn into its message. A malformed call stays in it as the text the model wrote. */
export interface TurnCollector {
  add(event: ModelEvent): void
  turn(): Turn
}

export function createTurnCollector(): TurnCollector {
  const parts = new Map<number, Part>()
  const texts = new Map<number, string[]>()
  const calls: ToolCall[] = []
  const malformed: MalformedCall[] = []
  let reason: TurnEnd = 'stop'
  let usage: Usage | undefined

  return {
    add(event) {
      switch (event.type) {
        case 'text-start':
        case 'reasoning-start':
        case 'refusal-start': {
          parts.set(event.index, { type: startedPart[event.type], text: '' })
          texts.set(event.index, [])
          return
        }
        case 'text-delta':
        case 'reasoning-delta':
        case 'refusal-delta':
          texts.get(event.index)?.push(event.text)
          return
        case 'annotation': {
          const part = parts.get(event.index)
          if (part?.type === 'text') (part.annotations ??= []).push(event.annotation)
          return
        }
        case 'tool-call': {
          const call = { id: event.id, name: event.name, arguments: event.arguments }
          calls.push(call)
          parts.set(event.index, { type: 'tool-call', call })
          return
        }
        case 'malformed-call':
          malformed.push(event)
          parts.set(event.index, { type: 'text', text: event.raw })
          return
        case 'finish':
          reason = event.reason
          usage = event.usage
          return
        default:
      }
    },
    turn() {
      for (const [index, pieces] of texts) {
        const part = parts.get(index)
        if (part && 'text' in part) part.text = pieces.join('')
      }
      const kept = [...parts.values()].filter((part) => !('text' in part) || part.text !== '')
      return { message: { id: createId('msg'), role: 'assistant', parts: kept }, calls, malformed, reason, usage }
    },
  }
}

const startedPart = { 'text-start': 'text', 'reasoning-start': 'reasoning', 'refusal-start': 'refusal' } as const
