import { contextLengthPlaces } from '../../backend/context-length.ts'
import { contextAdvice } from '../advice.ts'
import type { Probe, ProbeResult } from '../finding.ts'
import type { Subject } from '../subject.ts'

/** Less than this is soon full of tools and their results. */
const enough = 8192

interface Found {
  length: number | undefined
  requests: number[]
}

/** How many tokens fit, as it is set up now and not as the model could have it. */
export const contextLength: Probe = {
  name: 'context',
  async run(subject) {
    const { length, requests } = await find(subject)
    if (length === undefined) {
      const change = `make sure that it is ${enough} tokens or more: ${contextAdvice(subject)}`
      return { state: 'unknown', says: 'the server does not tell', change, requests }
    }
    const says = `${length.toLocaleString('en-US')} tokens`
    const fits: ProbeResult = { state: 'ok', says, requests }
    return length >= enough ? fits : { ...fits, state: 'note', change: `little for tools: ${contextAdvice(subject)}` }
  },
}

/** The list of models has it in vLLM and SGLang; others tell at an address of their own, some only once it is loaded. */
async function find(subject: Subject): Promise<Found> {
  const { info } = subject
  const place = contextLengthPlaces[info.ownedBy ?? '']
  if (info.contextLength !== undefined || !place) return { length: info.contextLength, requests: [1] }
  const { number, value } = await subject.look(place.path)
  return { length: place.read(value, info.id), requests: [number] }
}
