import { failureWords, oneLine } from '../advice.ts'
import type { Probe, ProbeResult } from '../finding.ts'
import type { Observation } from '../observation.ts'
import { baselineQuestion, namedQuestion, noneQuestion, requiredQuestion, time } from '../questions.ts'

const instead = 'do not count on it: ask for the call in words, and check that it came'

/** `tool_choice: "required"`, where nothing else asks for a call. */
export const requiredChoice: Probe = {
  name: 'tool_choice required',
  run: async (subject) => judge(await subject.ask(requiredQuestion), ({ name }) => name !== ''),
}

/** A tool chosen by its name, where the question asks for another. */
export const namedChoice: Probe = {
  name: 'tool_choice named',
  run: async (subject) => judge(await subject.ask(namedQuestion), ({ name }) => name === time.name),
}

/** `tool_choice: "none"`, where the question asks for a call. */
export const noChoice: Probe = {
  name: 'tool_choice none',
  async run(subject) {
    const seen = await subject.ask(noneQuestion)
    if (hasFailed(seen)) {
      return { state: 'note', says: failureWords(seen), change: 'leave the tools out instead', requests: [seen.number] }
    }
    if (seen.native.length > 0) {
      const change = 'do not count on it: leave the tools out instead'
      return { state: 'note', says: 'not kept to: a call came back', change, requests: [seen.number] }
    }
    if (seen.leaked.length > 0) {
      const change = 'leave the tools out where no call is wanted'
      return { state: 'note', says: 'the call is written into the text instead', change, requests: [seen.number] }
    }
    const bare = await subject.ask(baselineQuestion)
    const shown = (seen.usage?.prompt_tokens ?? 0) > (bare.usage?.prompt_tokens ?? Infinity)
    const says = `no call came back${shown ? '; the model sees the tools all the same' : ''}`
    return { state: 'ok', says, requests: [seen.number, bare.number] }
  },
}

function judge(seen: Observation, fits: (call: { name: string }) => boolean): ProbeResult {
  const requests = [seen.number]
  if (hasFailed(seen)) return { state: 'note', says: failureWords(seen), change: instead, requests }
  const calls = [...seen.native, ...seen.leaked]
  if (calls.some(fits)) return { state: 'ok', says: 'kept to', requests }
  if (seen.finish === 'length') return { state: 'unknown', says: 'the answer was cut off before a call', requests }
  const [other] = calls
  const says = other
    ? `not kept to: ${other.name} was called`
    : `not kept to: ${JSON.stringify(oneLine(seen.text).slice(0, 60))}`
  return { state: 'note', says, change: instead, requests }
}

function hasFailed({ refusal, failure }: Observation): boolean {
  return refusal !== undefined || failure !== undefined
}
