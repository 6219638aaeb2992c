import fc from 'fast-check'
import type { Message, Part, Role } from '../../../src/core/message.ts'

/** A conversation in which every word, argument and result is said exactly once, and what those are. */
export interface Conversation {
  messages: Message[]
  /** What anybody said, and where the images are. */
  words: string[]
  /** Names of calls, which results may say again. */
  names: string[]
  /** Arguments of calls. */
  calls: string[]
  results: string[]
}

interface Calls {
  kind: 'calls'
  count: number
  text: boolean
  reasoning: boolean
  answers: ('now' | 'later' | 'never')[]
  /** What the results are beside text: a failure, an image, nothing at all. */
  result: ResultKind
  /** Whether the arguments are JSON of an object, as they should be. */
  arguments: 'object' | 'broken'
}
type ResultKind = 'text' | 'error' | 'image' | 'empty'
type Step =
  | { kind: 'spoken'; role: Role; content: 'text' | 'image' | 'empty' }
  | Calls
  | { kind: 'orphan'; result: ResultKind }

const results = fc.constantFrom<ResultKind[]>('text', 'text', 'error', 'image', 'empty')
const roles = fc.constantFrom<Role[]>('system', 'developer', 'user', 'user', 'assistant')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('spoken'), role: roles, content: fc.constant('text') }) },
  fc.record({
    kind: fc.constant('spoken'),
    role: roles,
    content: fc.constantFrom('image', 'empty'),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('calls'),
      count: fc.integer({ min: 1, max: 3 }),
      text: fc.boolean(),
      reasoning: fc.boolean(),
      answers: fc.array(fc.constantFrom('now', 'now', 'later', 'never'), { minLength: 3, maxLength: 3 }),
      result: results,
      arguments: fc.constantFrom('object', 'object', 'object', 'broken'),
    }),
  },
  fc.record({ kind: fc.constant('orphan'), result: results }),
)

/** Any order of roles, calls answered at once, late or never, results that nobody asked for, ids used again. */
export const conversations: fc.Arbitrary<Conversation> = fc
  .record({ steps: fc.array(step, { minLength: 1, maxLength: 8 }), sameIds: fc.boolean() })
  .map(({ steps, sameIds }) => new Builder(sameIds).build(steps))

/** Korean and English by turns. */
const openings = ['서울 날씨', 'the weather', '한국어 “인용”과', 'a plain']

class Builder {
  readonly #talk: Conversation = { messages: [], words: [], names: [], calls: [], results: [] }
  readonly #late: Part[] = []
  readonly #sameIds: boolean
  #serial = 0

  constructor(sameIds: boolean) {
    this.#sameIds = sameIds
  }

  build(steps: readonly Step[]): Conversation {
    for (const one of steps) {
      if (one.kind === 'orphan') this.#say('tool', [this.#result(`nobody-${++this.#serial}`, one.result)])
      else if (one.kind === 'calls') this.#call(one)
      else this.#say(one.role, this.#spoken(one.role, one.content))
    }
    if (this.#late.length > 0) this.#say('tool', this.#late)
    return this.#talk
  }

  #spoken(role: Role, content: 'text' | 'image' | 'empty'): Part[] {
    if (content === 'empty') return [{ type: 'text', text: '' }]
    const text: Part = { type: 'text', text: this.#word('word', this.#talk.words) }
    return content === 'image' && role === 'user' ? [text, this.#image(this.#talk.words)] : [text]
  }

  #call({ count, text, reasoning, answers, result, arguments: kind }: Calls): void {
    const ids = answers
      .slice(0, count)
      .map((answer, at) => ({ answer, id: this.#sameIds ? `call_${at}` : `call_${++this.#serial}` }))
    const calls = ids.map(({ id }): Part => {
      const name = `tool${++this.#serial}_end`
      this.#talk.names.push(name)
      // The quotes show whether arguments were encoded twice.
      const argument = `"${openings[this.#serial % openings.length] ?? ''}" argument${++this.#serial}.`
      this.#talk.calls.push(argument)
      const json = kind === 'object' ? JSON.stringify({ value: argument }) : argument
      return { type: 'tool-call', call: { id, name, arguments: json } }
    })
    const thought: Part[] = reasoning ? [{ type: 'reasoning', text: 'thinking' }] : []
    const said: Part[] = text ? [{ type: 'text', text: this.#word('word', this.#talk.words) }] : []
    this.#say('assistant', [...thought, ...said, ...calls])
    const now = ids.filter(({ answer }) => answer === 'now').map(({ id }) => this.#result(id, result))
    if (now.length > 0) this.#say('tool', now)
    if (this.#sameIds) return
    this.#late.push(...ids.filter(({ answer }) => answer === 'later').map(({ id }) => this.#result(id, result)))
  }

  #result(callId: string, kind: ResultKind): Part {
    const isError = kind === 'error'
    if (kind === 'empty') return { type: 'tool-result', callId, parts: [], isError }
    const text: Part = { type: 'text', text: this.#word('result', this.#talk.results) }
    const parts = kind === 'image' ? [text, this.#image(this.#talk.results)] : [text]
    return { type: 'tool-result', callId, parts, isError }
  }

  #image(list: string[]): Part {
    const url = `https://images.test/${++this.#serial}.png`
    list.push(url)
    return { type: 'image', source: { type: 'url', url } }
  }

  #word(kind: string, list: string[]): string {
    const serial = ++this.#serial
    const made = `${openings[serial % openings.length] ?? ''} ${kind}${serial}.`
    list.push(made)
    return made
  }

  #say(role: Role, parts: Part[]): void {
    this.#talk.messages.push({ id: `m${++this.#serial}`, role, parts })
  }
}
