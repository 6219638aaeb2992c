import type OpenAI from 'openai'
import type { Output, Place } from './output.ts'

/**
 * How streamed reasoning is named: as OpenAI names it for open models, as the Open Responses specification does, or
 * as a summary, for clients that asked for one and show nothing else.
 */
export type ReasoningStyle = 'reasoning_text' | 'reasoning' | 'summary'

export interface ReasoningWriterOptions {
  style: ReasoningStyle
  /** Seals reasoning for a client that keeps the conversation itself. Default: not offered. */
  seal?: ((text: string) => string) | undefined
}

/** Writes a model's reasoning, an item for each block. */
export interface ReasoningWriter {
  start(): void
  delta(text: string): void
  /** Ends the open block, if any. */
  end(): void
}

export function createReasoningWriter(output: Output, { style, seal }: ReasoningWriterOptions): ReasoningWriter {
  let place: Place | undefined
  let pieces: string[] = []

  const toItem = (id: string, text: string | undefined): OpenAI.Responses.ResponseReasoningItem => ({
    id,
    type: 'reasoning',
    summary: text !== undefined && style === 'summary' ? [{ type: 'summary_text', text }] : [],
    content: text === undefined ? [] : [{ type: 'reasoning_text', text }],
    ...(seal && { encrypted_content: text === undefined ? null : seal(text) }),
    status: text === undefined ? 'in_progress' : 'completed',
  })

  return {
    start() {
      pieces = []
      place = output.open('rs', (id) => toItem(id, undefined))
      if (style === 'summary') {
        const part = { type: 'summary_text' as const, text: '' }
        output.emit({ type: 'response.reasoning_summary_part.added', ...place, summary_index: 0, part })
      } else {
        const part = { type: 'reasoning_text' as const, text: '' }
        output.emit({ type: 'response.content_part.added', ...place, content_index: 0, part })
      }
    },
    delta(text) {
      if (!place) return
      pieces.push(text)
      if (style === 'summary') {
        output.emit({ type: 'response.reasoning_summary_text.delta', ...place, summary_index: 0, delta: text })
      } else output.emit({ type: `response.${style}.delta`, ...place, content_index: 0, delta: text })
    },
    end() {
      if (!place) return
      const text = pieces.join('')
      if (style === 'summary') {
        const part = { type: 'summary_text' as const, text }
        output.emit({ type: 'response.reasoning_summary_text.done', ...place, summary_index: 0, text })
        output.emit({ type: 'response.reasoning_summary_part.done', ...place, summary_index: 0, part })
      } else {
        const part = { type: 'reasoning_text' as const, text }
        output.emit({ type: `response.${style}.done`, ...place, content_index: 0, text })
        output.emit({ type: 'response.content_part.done', ...place, content_index: 0, part })
      }
      output.done(place, toItem(place.item_id, text))
      place = undefined
    },
  }
}
