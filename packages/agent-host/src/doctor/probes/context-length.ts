import { z } from 'zod'
import { contextAdvice } from '../advice.ts'
import type { Probe, ProbeResult } from '../finding.ts'
import type { Subject } from '../subject.ts'

/** Less than this is soon full of tools and their results. */
const enough = 8192

const loadedModels = z.object({
  models: z.array(z.object({ name: z.string(), context_length: z.number().optional() })),
})
const llamaProps = z.object({ default_generation_settings: z.object({ n_ctx: z.number() }) })
const studioModels = z.object({
  data: z.array(z.object({ id: z.string(), loaded_context_length: z.number().optional() })),
})

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
  const { info, kind } = subject
  if (info.contextLength !== undefined) return { length: info.contextLength, requests: [1] }
  if (kind === 'ollama') {
    const { number, value } = await subject.look('/api/ps')
    const loaded = loadedModels.safeParse(value).data?.models.find(({ name }) => name === info.id)
    return { length: loaded?.context_length, requests: [number] }
  }
  if (kind === 'llamacpp') {
    const { number, value } = await subject.look('/props')
    return { length: llamaProps.safeParse(value).data?.default_generation_settings.n_ctx, requests: [number] }
  }
  if (kind === 'lmstudio') {
    const { number, value } = await subject.look('/api/v0/models')
    const loaded = studioModels.safeParse(value).data?.data.find(({ id }) => id === info.id)
    return { length: loaded?.loaded_context_length, requests: [number] }
  }
  return { length: undefined, requests: [1] }
}
