import type { ModelEvent } from '../core/events.ts'

type Plain = 'reasoning' | 'refusal'

/** Numbers the blocks of one turn, whoever opens them: the server's fields, its native calls or the text parser. */
export interface Blocks {
  /** The number of a new block. */
  open(): number
  /** The turn's number for a block of the text parser, which counts its own. */
  adopt(event: ModelEvent & { index: number }): number
  /** The number of the last text block, for what refers to it. */
  currentText(): number
  /** Adds to the open block of this kind, opening one where there is none. */
  extend(kind: Plain, text: string): ModelEvent[]
  /** Ends the open block of this kind, if any. */
  finish(kind: Plain): ModelEvent[]
}

export function createBlocks(): Blocks {
  let next = 0
  let text = 0
  const adopted = new Map<number, number>()
  const open: Partial<Record<Plain, number>> = {}
  return {
    open: () => next++,
    adopt(event) {
      let index = adopted.get(event.index)
      if (index === undefined) {
        index = next++
        adopted.set(event.index, index)
      }
      if (event.type === 'text-start') text = index
      return index
    },
    currentText: () => text,
    extend(kind, added) {
      const delta = (index: number): ModelEvent => ({ type: `${kind}-delta`, index, text: added })
      const index = open[kind]
      if (index !== undefined) return [delta(index)]
      const started = next++
      open[kind] = started
      return [{ type: `${kind}-start`, index: started }, delta(started)]
    },
    finish(kind) {
      const index = open[kind]
      if (index === undefined) return []
      delete open[kind]
      return [{ type: `${kind}-end`, index }]
    },
  }
}
