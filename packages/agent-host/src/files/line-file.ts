import type { OpenFile } from './file-system.ts'

const newline = 0x0a
const nul = 0x00

export interface Lines {
  /** Without their ends. */
  lines: string[]
  /** Where the next line begins, in bytes: what follows is not whole, or is still being written. */
  end: number
}

/**
 * The whole lines from a position on, which has to be the start of one. Lines end with `\n` and nothing else: U+2028 is
 * data. NUL bytes that a crash left before a line are passed over.
 */
export async function readLines(file: OpenFile, from: number): Promise<Lines> {
  const { size } = await file.state()
  const bytes = size > from ? await file.read(from, size - from) : Buffer.alloc(0)
  return splitLines(bytes, from)
}

/** The same of bytes that were read from there; at most `limit` lines. */
export function splitLines(bytes: Buffer, from: number, limit = Number.POSITIVE_INFINITY): Lines {
  const lines: string[] = []
  let start = 0
  while (lines.length < limit) {
    const end = bytes.indexOf(newline, start)
    if (end === -1) break
    while (bytes[start] === nul) start++
    lines.push(bytes.toString('utf8', start, end))
    start = end + 1
  }
  return { lines, end: from + start }
}

/** Cuts what follows the last whole line, so that it is never joined to the next one. `end` as {@link readLines} says. */
export async function cutTornTail(file: OpenFile, end: number): Promise<boolean> {
  const { size } = await file.state()
  if (size <= end) return false
  await file.truncate(end)
  return true
}
