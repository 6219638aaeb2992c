import type { Opener } from './grammar.ts'

/**
 * Reasoning between two tags. An ordinary opening tag counts where a line begins, so that an answer may speak of it, and
 * a `special` one always; a closing one without it is framing too, since the prompt may have opened the block.
 */
export function thinking(open: string, close: string, special = false): readonly Opener[] {
  return [
    {
      marker: open,
      special,
      when: (turn) => special || (turn.mode === 'text' ? turn.fence.atLineStart : turn.fresh),
      read(turn) {
        turn.startBlock('reasoning')
      },
    },
    {
      marker: close,
      special,
      read(turn) {
        turn.startBlock('text')
        turn.dropLeadingSpace()
      },
    },
  ]
}

/** Markers that only frame what stands around them. */
export function framing(...markers: readonly string[]): readonly Opener[] {
  return markers.map((marker) => ({
    marker,
    special: true,
    read(turn) {
      turn.startBlock(turn.mode)
    },
  }))
}
