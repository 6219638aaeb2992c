import type { ModelEvent } from '../../src/core/events.ts'
import type { DialectParser } from '../../src/dialects/dialect.ts'

/** A dialect without calls or reasoning: text is text, in one block. `§` ends what matters. */
export function createPlainParser(): DialectParser {
  let started = false
  let done = false
  return {
    get done() {
      return done
    },
    push(text) {
      done ||= text.includes('§')
      const delta: ModelEvent = { type: 'text-delta', index: 0, text, range: { start: 0, end: text.length } }
      if (started) return [delta]
      started = true
      return [{ type: 'text-start', index: 0 }, delta]
    },
    end: () => (started ? [{ type: 'text-end', index: 0 }] : []),
  }
}
