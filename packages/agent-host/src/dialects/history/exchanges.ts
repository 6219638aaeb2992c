import type { Message, Part, ReasoningPart, ToolResultPart } from '../../core/message.ts'
import type { ToolCall } from '../../core/tool.ts'

/** A call with the result that belongs to it, if one ever came. */
export interface AnsweredCall {
  call: ToolCall
  result: ToolResultPart | undefined
}

/** A message whose calls have found their results, wherever those stood. */
export interface Exchange {
  message: Message
  /** What is neither a call, a result nor reasoning. */
  parts: Part[]
  reasoning: ReasoningPart[]
  calls: AnsweredCall[]
  /** Results in this message that no call asked for. */
  orphans: ToolResultPart[]
}

interface Found<Item> {
  at: number
  item: Item
}

/** Puts each result to its call: the first later one of that id, before the id is used again. */
export function pairResults(messages: readonly Message[]): Exchange[] {
  const calls = collect(messages, (part) => (part.type === 'tool-call' ? part.call : undefined))
  const results = collect(messages, (part) => (part.type === 'tool-result' ? part : undefined))
  const byId = Map.groupBy(results, ({ item }) => item.callId)
  const nextUse = new Map<string, number>()
  const answers = new Map<ToolCall, ToolResultPart>()
  for (const { at, item: call } of calls.toReversed()) {
    const before = nextUse.get(call.id) ?? Number.POSITIVE_INFINITY
    const answer = byId.get(call.id)?.find((result) => result.at > at && result.at < before)
    if (answer) answers.set(call, answer.item)
    nextUse.set(call.id, at)
  }
  const asked = new Set(answers.values())
  return messages.map((message) => ({
    message,
    parts: message.parts.filter((part) => !['tool-call', 'tool-result', 'reasoning'].includes(part.type)),
    reasoning: message.parts.filter((part) => part.type === 'reasoning'),
    calls: message.parts
      .filter((part) => part.type === 'tool-call')
      .map(({ call }) => ({ call, result: answers.get(call) })),
    orphans: message.parts.filter((part) => part.type === 'tool-result').filter((part) => !asked.has(part)),
  }))
}

function collect<Item>(messages: readonly Message[], pick: (part: Part) => Item | undefined): Found<Item>[] {
  const found: Found<Item>[] = []
  let at = 0
  for (const { parts } of messages) {
    for (const part of parts) {
      const item = pick(part)
      if (item !== undefined) found.push({ at, item })
      at++
    }
  }
  return found
}
