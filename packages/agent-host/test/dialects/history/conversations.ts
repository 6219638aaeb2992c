import fc from 'fast-check'
import type { Message, Part } from '../../../src/core/message.ts'

/** A conversation in which every word, argument and result is said exactly once, and what those are. */
export interface Conversation {
  messages: Message[]
  words: string[]
  /** Names and arguments of calls. */
  calls: string[]
  results: string[]
}

type Step =
  | { kind: 'system' | 'developer' | 'user' | 'assistant' }
  | { kind: 'calls'; count: number; text: boolean; reasoning: boolean; answers: ('now' | 'later' | 'never')[] }
  | { kind: 'orphan' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('system', 'developer', 'user', 'user', 'assistant') }),
  fc.record({
    kind: fc.constant('calls'),
    count: fc.integer({ min: 1, max: 3 }),
    text: fc.boolean(),
    reasoning: fc.boolean(),
    answers: fc.array(fc.constantFrom('now', 'now', 'later', 'never'), { minLength: 3, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('orphan') }),
)

/** Any order of roles, calls answered at once, late or never, results that nobody asked for, ids used again. */
export const conversations: fc.Arbitrary<Conversation> = fc
  .record({ steps: fc.array(step, { minLength: 1, maxLength: 8 }), sameIds: fc.boolean() })
  .map(({ steps, sameIds }) => build(steps, sameIds))

function build(steps: readonly Step[], sameIds: boolean): Conversation {
  const messages: Message[] = []
  const talk: Conversation = { messages, words: [], calls: [], results: [] }
  const late: Part[] = []
  let serial = 0
  const word = () => {
    const made = `word${++serial}.`
    talk.words.push(made)
    return made
  }
  const result = (callId: string): Part => {
    const text = `result${++serial}.`
    talk.results.push(text)
    return { type: 'tool-result', callId, parts: [{ type: 'text', text }], isError: false }
  }
  const say = (role: Message['role'], parts: Part[]) => messages.push({ id: `m${++serial}`, role, parts })
  for (const one of steps) {
    if (one.kind === 'orphan') say('tool', [result(`nobody-${++serial}`)])
    else if (one.kind !== 'calls') say(one.kind, [{ type: 'text', text: word() }])
    else {
      const ids = one.answers
        .slice(0, one.count)
        .map((answer, at) => ({ answer, id: sameIds ? `call_${at}` : `call_${++serial}` }))
      const calls = ids.map(({ id }): Part => {
        const name = `tool${++serial}_end`
        const argument = `argument${++serial}.`
        talk.calls.push(name, argument)
        return { type: 'tool-call', call: { id, name, arguments: JSON.stringify({ value: argument }) } }
      })
      const thought: Part[] = one.reasoning ? [{ type: 'reasoning', text: 'thinking' }] : []
      say('assistant', [...thought, ...(one.text ? [{ type: 'text', text: word() } as const] : []), ...calls])
      const now = ids.filter(({ answer }) => answer === 'now').map(({ id }) => result(id))
      if (now.length > 0) say('tool', now)
      if (!sameIds) late.push(...ids.filter(({ answer }) => answer === 'later').map(({ id }) => result(id)))
    }
  }
  if (late.length > 0) say('tool', late)
  return talk
}
