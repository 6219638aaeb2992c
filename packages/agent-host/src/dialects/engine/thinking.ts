import type { Opener } from './grammar.ts'

/**
 * Reasoning between two tags. The opening one counts where a line begins, so that an answer may speak of it; a closing
 * one without it is framing too, since the prompt may have opened the block.
 */
export function thinking(open: string, close: string): readonly Opener[] {
  return [
    {
      marker: open,
      when: (turn) => (turn.mode === 'text' ? turn.fence.atLineStart : turn.fresh),
      read(turn) {
        turn.startBlock('reasoning')
      },
    },
    {
      marker: close,
      read(turn) {
        turn.startBlock('text')
        turn.dropLeadingSpace()
      },
    },
  ]
}
