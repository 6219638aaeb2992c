import { HostError } from '../core/errors.ts'
import { toErrorEvents, toOpenAIError } from './error-answer.ts'

/** Remembers the end of a stream whose bytes pass as they are, to tell a whole one from one that was cut short. */
export interface StreamTail {
  see(bytes: Uint8Array): void
  /** What a stream that ended here still needs; nothing where it is whole. */
  ending(): string
}

/** So many pieces hold the last events, of which one says how the answer finished. */
const kept = 4

export function createStreamTail(): StreamTail {
  const last: Uint8Array[] = []
  let at = 0
  return {
    see(bytes) {
      last[at] = bytes
      at = (at + 1) % kept
    },
    ending() {
      const pieces = [...last.slice(at), ...last.slice(0, at)]
      const text = Buffer.concat(pieces).toString('latin1')
      if (/data: ?\[DONE\]\s*$/.test(text)) return ''
      const gap = /\n\r?\n$|^$/.test(text) ? '' : '\n\n'
      if (/"finish_reason": ?"/.test(text)) return `${gap}data: [DONE]\n\n`
      return gap + toErrorEvents(toOpenAIError(streamCutShort()))
    },
  }
}

export function streamCutShort(): HostError {
  return new HostError('model_failed', 'The model server closed its stream in the middle of the answer.')
}
