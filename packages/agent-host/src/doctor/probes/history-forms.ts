import { failureWords } from '../advice.ts'
import type { Probe } from '../finding.ts'
import {
  developerQuestion,
  emptyToolsQuestion,
  lateSystemQuestion,
  longTextTokens,
  nullContentQuestion,
  plainHistoryQuestion,
  type Question,
  toolRoleQuestion,
  twoSystemsQuestion,
} from '../questions.ts'

interface Form {
  name: string
  question: Question
  /** What clients do where it is refused. */
  instead: string
  /** Whether it adds a long text to the plain history, so that one that is dropped is found out. */
  addsText: boolean
}

/** What conversations may hold that some chat templates refuse, or leave out without a word. */
const forms: readonly Form[] = [
  {
    name: 'tool role',
    question: toolRoleQuestion,
    instead: 'nothing to do: agent-host writes results into the text where the role is refused',
    addsText: true,
  },
  {
    name: 'null content',
    question: nullContentQuestion,
    instead: 'send "" beside calls; agent-host does',
    addsText: true,
  },
  {
    name: 'late system',
    question: lateSystemQuestion,
    instead: 'put system messages first; agent-host does',
    addsText: true,
  },
  {
    name: 'two systems',
    question: twoSystemsQuestion,
    instead: 'join them into one; agent-host does',
    addsText: true,
  },
  {
    name: 'developer role',
    question: developerQuestion,
    instead: 'send it as system',
    addsText: true,
  },
  {
    name: 'tools: []',
    question: emptyToolsQuestion,
    instead: 'leave an empty list out; agent-host does',
    addsText: false,
  },
]

export const historyForms: readonly Probe[] = forms.map(({ name, question, instead, addsText }) => ({
  name,
  async run(subject) {
    const seen = await subject.ask(question)
    if (seen.refusal || seen.failure !== undefined) {
      return { state: 'note', says: failureWords(seen), change: instead, requests: [seen.number] }
    }
    if (!addsText) return { state: 'ok', says: 'taken', requests: [seen.number] }
    const plain = await subject.ask(plainHistoryQuestion)
    const requests = [seen.number, plain.number]
    const before = plain.usage?.prompt_tokens
    const after = seen.usage?.prompt_tokens
    if (before === undefined || after === undefined) return { state: 'ok', says: 'taken', requests }
    if (after - before >= longTextTokens) return { state: 'ok', says: 'taken, and shown to the model', requests }
    return { state: 'note', says: 'taken, but left out of the prompt', change: instead, requests }
  },
}))
