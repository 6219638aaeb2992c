import type { NumberedEvent } from './response-events.ts'

type Delta = Extract<NumberedEvent, { delta: string; item_id: string }>

/**
 * Writes the events of one stream as JSON. Deltas are most of them, and those of one part differ in two fields only: the
 * rest of their JSON is made once.
 */
export function createEventJson(): (event: NumberedEvent) => string {
  let part = ''
  let head = ''
  return (event) => {
    if (!isDelta(event)) return JSON.stringify(event)
    const { type, item_id: id, delta, sequence_number: number } = event
    const current = `${type} ${id} ${partOf(event)}`
    if (current !== part) {
      part = current
      head = JSON.stringify({ ...event, delta: undefined, sequence_number: undefined }).slice(0, -1)
    }
    return `${head},"delta":${JSON.stringify(delta)},"sequence_number":${number}}`
  }
}

function partOf(event: Delta): number {
  if ('content_index' in event) return event.content_index
  return 'summary_index' in event ? event.summary_index : 0
}

/** What comes with its own log probabilities is like no other. */
function isDelta(event: NumberedEvent): event is Delta {
  if (!('delta' in event) || typeof event.delta !== 'string') return false
  return !('logprobs' in event) || event.logprobs.length === 0
}
