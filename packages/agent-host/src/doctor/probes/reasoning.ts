import { reasoningAdvice } from '../advice.ts'
import type { Probe } from '../finding.ts'
import { plainQuestion, toolsQuestion } from '../questions.ts'

/** Where the model's reasoning arrives. A question with tools is looked at too, as some models think only then. */
export const reasoning: Probe = {
  name: 'reasoning',
  async run(subject) {
    const seen = [await subject.ask(plainQuestion), await subject.ask(toolsQuestion)]
    const requests = seen.map(({ number }) => number)
    const place = seen.find((answer) => answer.reasoning !== undefined)?.reasoning
    if (place === 'text') {
      return { state: 'note', says: "in the answer's text", change: reasoningAdvice(subject), requests }
    }
    if (place !== undefined) return { state: 'ok', says: `in ${place}`, requests }
    // A template may have opened the block in the prompt, so that only its end is seen.
    if (seen.some(({ raw }) => raw.includes('</think>'))) {
      const says = "in the answer's text, up to </think>"
      return { state: 'note', says, change: reasoningAdvice(subject), requests }
    }
    return { state: 'ok', says: 'none seen', requests }
  },
}
