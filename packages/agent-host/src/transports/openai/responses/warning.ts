import type { Output } from './output.ts'

/** Marks our own words among a model's reasoning; such an item means nothing when a client sends it back. */
export const warningPrefix = 'rs_warning'

/** An item that tells people what was left out; a summary of reasoning is what every client shows or passes over. */
export function writeWarning(output: Output, text: string): void {
  const part = { type: 'summary_text' as const, text }
  const place = output.open(warningPrefix, (id) => ({ id, type: 'reasoning', summary: [], status: 'in_progress' }))
  output.emit({
    type: 'response.reasoning_summary_part.added',
    ...place,
    summary_index: 0,
    part: { ...part, text: '' },
  })
  output.emit({ type: 'response.reasoning_summary_text.delta', ...place, summary_index: 0, delta: text })
  output.emit({ type: 'response.reasoning_summary_text.done', ...place, summary_index: 0, text })
  output.emit({ type: 'response.reasoning_summary_part.done', ...place, summary_index: 0, part })
  output.done(place, { id: place.item_id, type: 'reasoning', summary: [part], status: 'completed' })
}
