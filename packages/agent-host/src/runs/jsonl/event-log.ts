import { z } from 'zod'
import type { AgentEvent } from '../../core/events.ts'
import type { Logger } from '../../core/logger.ts'
import type { OpenFile } from '../../files/file-system.ts'
import type { NumberedEvent } from '../run.ts'

/** We wrote it ourselves, and events are many: only what makes it one is looked at. */
const line = z.object({ n: z.number().int().positive(), event: z.looseObject({ type: z.string() }) })

/** One event a line, its number first. */
export function toLines(from: number, events: readonly AgentEvent[]): Buffer {
  return Buffer.from(events.map((event, i) => `{"n":${from + i},"event":${JSON.stringify(event)}}\n`).join(''))
}

/** Where in a file the events after a number begin, in bytes. */
export interface LogPosition {
  after: number
  byte: number
}

const chunkBytes = 256 * 1024
const newline = 0x0a
const numberAt = '{"n":'.length

/**
 * At most `limit` events after the number `after`, from a position at or before that number. Gives the position after
 * the last of them, too.
 */
export async function readEvents(
  file: OpenFile,
  start: LogPosition,
  { after, limit }: { after: number; limit: number },
  log: Logger,
): Promise<{ events: NumberedEvent[]; next: LogPosition }> {
  const events: NumberedEvent[] = []
  let { byte } = start
  let last = start.after
  let size = chunkBytes
  while (events.length < limit) {
    const bytes = await file.read(byte, size)
    const consumed = scan(bytes, (text) => {
      const number = numberOf(text)
      if (number > 0 && number <= Math.max(last, after)) return true
      const read = parse(text, log)
      if (!read) return true
      events.push({ sequence: read.n, event: read.event as unknown as AgentEvent })
      last = read.n
      return events.length < limit
    })
    byte += consumed
    if (bytes.length < size && events.length < limit) break
    // A line that is longer than what was read.
    size = consumed === 0 ? size * 4 : chunkBytes
  }
  return { events, next: { after: Math.max(last, after), byte } }
}

/** The number of the last whole line, and where it ends. */
export async function readEnd(file: OpenFile): Promise<{ last: number; end: number }> {
  const { size } = await file.state()
  for (let length = Math.min(size, 4096); ; length = Math.min(size, length * 4)) {
    const bytes = await file.read(size - length, length)
    const end = bytes.lastIndexOf(newline)
    const before = end > 0 ? bytes.lastIndexOf(newline, end - 1) : -1
    if (before === -1 && length < size) continue
    if (end === -1) return { last: 0, end: 0 }
    return { last: numberOf(bytes.subarray(before + 1, end)), end: size - length + end + 1 }
  }
}

/** Gives each whole line until one says to stop; returns how many bytes it came through. */
function scan(bytes: Buffer, see: (line: Buffer) => boolean): number {
  let start = 0
  for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
    const text = bytes.subarray(start, end)
    start = end + 1
    if (!see(text)) break
  }
  return start
}

/** Without reading the whole line; 0 where it has none. */
function numberOf(text: Buffer): number {
  let found = 0
  for (let i = numberAt; i < text.length; i++) {
    const digit = (text[i] ?? 0) - 0x30
    if (digit < 0 || digit > 9) break
    found = found * 10 + digit
  }
  return found
}

function parse(text: Buffer, log: Logger): z.output<typeof line> | undefined {
  try {
    return line.parse(JSON.parse(text.toString()))
  } catch {
    log.error({ characters: text.length }, 'a line of a run log cannot be read and is passed over')
    return undefined
  }
}
