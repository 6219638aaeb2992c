import { failureWords } from '../advice.ts'
import type { Probe } from '../finding.ts'
import { parallelQuestion, toolsQuestion } from '../questions.ts'

/** Whether several calls come back from one turn that needs several. */
export const parallelCalls: Probe = {
  name: 'parallel calls',
  async run(subject) {
    const single = await subject.ask(toolsQuestion)
    if (single.native.length + single.leaked.length === 0) {
      const says = single.refusal ? 'not asked for, as tools are refused' : 'no single call came back either'
      return { state: 'unknown', says, requests: [single.number] }
    }
    const seen = await subject.ask(parallelQuestion)
    const requests = [seen.number]
    if (seen.refusal || seen.failure !== undefined) {
      const change = 'leave PARALLEL_TOOL_CALLS off; where the field itself is refused, agent-host leaves it out'
      return { state: 'note', says: failureWords(seen), change, requests }
    }
    const calls = seen.native.length + seen.leaked.length
    if (calls > 1) return { state: 'ok', says: `${calls} calls in one turn`, requests }
    const change = 'nothing to do: the model takes one step more'
    return { state: 'note', says: calls === 1 ? 'one call a turn' : 'no call came back', change, requests }
  },
}
