import { toItemId } from './item-id.ts'
import type { NumberedEvent, OutputItem, ResponseEvent } from './response-events.ts'

/** Where an item stands in the output. */
export interface Place {
  item_id: string
  output_index: number
}

/** The output of one Response as it grows: items are opened in order and each is done once. */
export interface Output {
  /** Opens an item at the next place. */
  open(prefix: string, toItem: (id: string) => OutputItem): Place
  /** Ends an item as it is now; `toItem` gives its final form. */
  done(place: Place, item: OutputItem): void
  /** Adds a number to an event that is nobody else's. */
  emit(event: ResponseEvent): void
  /** The events since the last call, numbered from the first on. */
  take(): NumberedEvent[]
  /** Every item that is done, in the order of their places. */
  items(): OutputItem[]
}

/**
 * Ids of items follow from the Response's own id and their place, so that a stream that is made again from the run's
 * log has the same ones.
 */
export function createOutput(responseId: string): Output {
  const items: (OutputItem | undefined)[] = []
  let events: NumberedEvent[] = []
  let sequence = 0
  const emit = (event: ResponseEvent): void => {
    events.push(Object.assign(event, { sequence_number: sequence++ }))
  }
  return {
    emit,
    open(prefix, toItem) {
      const output_index = items.length
      const item_id = toItemId(prefix, responseId, output_index)
      items.push(undefined)
      emit({ type: 'response.output_item.added', output_index, item: toItem(item_id) })
      return { item_id, output_index }
    },
    done({ output_index }, item) {
      items[output_index] = item
      emit({ type: 'response.output_item.done', output_index, item })
    },
    take() {
      const taken = events
      events = []
      return taken
    },
    items: () => items.filter((item) => item !== undefined),
  }
}
