import { type Message, type Part, toText } from '../../core/message.ts'

/** One step of a ReAct run. `action` is null in the step that gave the answer. */
export interface ReactStep {
  thought: string
  action: string | null
  /** Parsed where it is JSON, else the text. */
  action_input: unknown
  observation: string | null
}

/** The steps of a run, from the messages that it added. */
export function toReactSteps(messages: readonly Message[]): ReactStep[] {
  const observations = new Map(messages.flatMap(({ parts }) => parts.flatMap(toObservation)))
  return messages.flatMap(({ role, parts }): ReactStep[] => {
    if (role !== 'assistant') return []
    const thought = parts.map(toThought).filter(Boolean).join('\n').trim()
    const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []))
    if (calls.length === 0) return [{ thought, action: null, action_input: null, observation: null }]
    return calls.map((call, i) => ({
      thought: i === 0 ? thought : '',
      action: call.name,
      action_input: toValue(call.arguments),
      observation: observations.get(call.id) ?? null,
    }))
  })
}

function toObservation(part: Part): [string, string][] {
  return part.type === 'tool-result' ? [[part.callId, toText(part.parts)]] : []
}

function toThought(part: Part): string {
  return part.type === 'reasoning' ? (part.text ?? part.summary ?? '') : ''
}

function toValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
