import type { Probe } from '../finding.ts'
import { plainQuestion } from '../questions.ts'

/** How long the first piece took, and how fast the rest came; one short answer, so a first impression only. */
export const latency: Probe = {
  name: 'latency',
  async run(subject) {
    const { number, pieces, firstMs, totalMs, usage } = await subject.ask(plainQuestion)
    const tokens = usage?.completion_tokens ?? undefined
    const requests = [number]
    if (pieces < 2) return { state: 'ok', says: `${Math.round(totalMs)} ms for the whole answer`, requests }
    const perSecond = (((tokens ?? pieces) - 1) * 1000) / Math.max(1, totalMs - firstMs)
    const unit = tokens === undefined ? 'pieces/s' : 'tokens/s'
    return {
      state: 'ok',
      says: `first token after ${Math.round(firstMs)} ms, then ${perSecond.toFixed(1)} ${unit}`,
      requests,
    }
  },
}
