import { StringDecoder } from 'node:string_decoder'
import type { ModelEvent, TokenLogprob } from '../core/events.ts'

/** Holds the tokens of a turn's text with their log-probabilities until it is known what they became. */
export interface TokenPositions {
  /** The next piece of the turn's text, with its tokens where the server sent them. */
  add(text: string, tokens: readonly TokenLogprob[] | null | undefined): void
  /**
   * A piece of the answer with the tokens that begin in it. What stands before it became something else than text, and
   * is forgotten.
   */
  attach(event: Extract<ModelEvent, { type: 'text-delta' }>): ModelEvent
}

export function createTokenPositions(): TokenPositions {
  const waiting: { token: TokenLogprob; at: number }[] = []
  // A character may be spread over several tokens, each with some of its bytes.
  const decoder = new StringDecoder('utf8')
  let length = 0
  return {
    add(text, tokens) {
      let at = length
      for (const token of tokens ?? []) {
        waiting.push({ token, at })
        at += token.bytes ? decoder.write(Buffer.from(token.bytes)).length : token.token.length
      }
      length += text.length
    },
    attach(event) {
      const { range } = event
      if (waiting.length === 0 || !range) return event
      const after = waiting.findIndex(({ at }) => at >= range.end)
      const passed = waiting.splice(0, after === -1 ? waiting.length : after)
      const logprobs = passed.flatMap(({ token, at }) => (at >= range.start ? [token] : []))
      return logprobs.length === 0 ? event : { ...event, logprobs }
    },
  }
}
