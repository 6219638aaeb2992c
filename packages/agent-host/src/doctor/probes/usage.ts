import type { Probe } from '../finding.ts'
import { plainQuestion } from '../questions.ts'

/** Whether the server counts tokens at the end of a stream. */
export const usage: Probe = {
  name: 'usage',
  async run(subject) {
    const { number, usage: counted } = await subject.ask(plainQuestion)
    const refused = subject.refusedStreamOptions
    if (counted) {
      const says = `${counted.prompt_tokens} tokens in, ${counted.completion_tokens ?? 0} out`
      return { state: 'ok', says, requests: [number] }
    }
    const says = refused === undefined ? 'none in the stream' : 'none: stream_options is refused'
    const change = 'update the server: without counts, costs are unknown and some checks below too'
    return { state: 'note', says, change, requests: refused === undefined ? [number] : [refused, number] }
  },
}
