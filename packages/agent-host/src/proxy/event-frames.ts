import { HostError } from '../core/errors.ts'

/** One server-sent event (WHATWG HTML, 9.2): its bytes with the blank line that ends it, and its data where it has any. */
export interface EventFrame {
  bytes: Buffer
  data: string | undefined
}

/** Cuts the bytes of a stream into events, without copying those that arrive whole. */
export interface EventFrames {
  /** The events that are whole now. */
  push(bytes: Buffer): EventFrame[]
  /** Whether part of an event waits for its end. */
  holds(): boolean
  /** What came after the last blank line, as an event: a server that closes may leave out its end. */
  end(): EventFrame | undefined
}

/** One event is never larger than this, so that a server without line breaks cannot fill the memory. */
const longestEvent = 32 * 1024 * 1024
/** A blank line is looked for across the border of two pieces in this many bytes of the first. */
const overlap = 3

export function createEventFrames(): EventFrames {
  let held: Buffer[] = []
  let size = 0

  /** Ends the held event in `bytes`; gives the index where the next begins, or -1 where it does not end here. */
  function closeHeld(bytes: Buffer, frames: EventFrame[]): number {
    const before = Buffer.concat(held.slice(-overlap)).subarray(-overlap)
    const end = findEventEnd(Buffer.concat([before, bytes.subarray(0, overlap)]), 0)
    const cut = end === -1 || end <= before.length ? findEventEnd(bytes, 0) : end - before.length
    if (cut === -1) return -1
    frames.push(toFrame(Buffer.concat([...held, bytes.subarray(0, cut)])))
    held = []
    size = 0
    return cut
  }

  return {
    holds: () => held.length > 0,
    push(bytes) {
      const frames: EventFrame[] = []
      let start = held.length > 0 ? closeHeld(bytes, frames) : 0
      if (start !== -1) {
        for (let end = findEventEnd(bytes, start); end !== -1; end = findEventEnd(bytes, start)) {
          frames.push(toFrame(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)))
          start = end
        }
      }
      const rest = start === -1 ? bytes : bytes.subarray(start)
      if (rest.length > 0) {
        held.push(rest)
        size += rest.length
        if (size > longestEvent) throw tooLong()
      }
      return frames
    },
    end() {
      if (held.length === 0) return undefined
      const bytes = Buffer.concat(held)
      held = []
      return toFrame(bytes)
    },
  }
}

function tooLong(): HostError {
  return new HostError('model_failed', `The model server sent an event of more than ${longestEvent} bytes.`)
}

const lineFeed = 10
const carriageReturn = 13

/** Where the blank line ends that ends an event; lines end in LF, CRLF or CR. -1 where there is none. */
function findEventEnd(bytes: Buffer, from: number): number {
  const twoReturns = bytes.indexOf('\r\r', from, 'latin1')
  const last = twoReturns === -1 ? bytes.length : twoReturns
  for (let at = bytes.indexOf(lineFeed, from); at !== -1 && at < last; at = bytes.indexOf(lineFeed, at + 1)) {
    const next = bytes[at + 1]
    if (next === lineFeed) return at + 2
    if (next === carriageReturn && bytes[at + 2] === lineFeed) return at + 3
  }
  return twoReturns === -1 ? -1 : twoReturns + 2
}

function toFrame(bytes: Buffer): EventFrame {
  return { bytes, data: dataOf(bytes) }
}

/** Nearly every event is one line `data: …`, which is read without splitting anything. */
function dataOf(bytes: Buffer): string | undefined {
  const first = bytes.indexOf(lineFeed)
  if (first === bytes.length - 2 && bytes[first + 1] === lineFeed && bytes[first - 1] !== carriageReturn) {
    const colon = bytes.indexOf(':')
    if (colon === 4 && bytes.toString('latin1', 0, 4) === 'data') {
      return bytes.toString('utf8', bytes[5] === 32 ? 6 : 5, first)
    }
  }
  const lines = bytes
    .toString('utf8')
    .split(/\r\n|\n|\r/)
    .filter((line) => line === 'data' || line.startsWith('data:'))
  if (lines.length === 0) return undefined
  return lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n')
}
