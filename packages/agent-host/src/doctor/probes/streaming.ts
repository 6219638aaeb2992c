import type { Probe } from '../finding.ts'
import { plainQuestion } from '../questions.ts'

/** Whether the answer comes as it is made, or in one lump at the end. */
export const streaming: Probe = {
  name: 'streaming',
  async run(subject) {
    const { number, pieces, usage } = await subject.ask(plainQuestion)
    const requests = [number]
    if (pieces === 0) {
      const change = 'update the server, or its proxy: people wait for the whole answer'
      return { state: 'note', says: 'not at all: the whole answer comes as one', change, requests }
    }
    if (pieces === 1 && (usage?.completion_tokens ?? 0) > 3) {
      const change = 'look for what collects it on the way (nginx: proxy_buffering off)'
      return { state: 'note', says: 'in one lump at the end', change, requests }
    }
    return { state: 'ok', says: pieces === 1 ? 'as events' : `in ${pieces} pieces`, requests }
  },
}
