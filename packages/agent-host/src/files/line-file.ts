import type { OpenFile } from './file-system.ts'

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
  const last = bytes.lastIndexOf('\n')
  if (last === -1) return { lines: [], end: from }
  // Decoded at once: ten thousand small pieces take ten times as long.
  const lines = bytes.toString('utf8', 0, last).split('\n')
  return { lines: lines.map(withoutNul), end: from + last + 1 }
}

function withoutNul(line: string): string {
  return line.startsWith('\0') ? line.replace(/^\0+/, '') : line
}

/** Cuts what follows the last whole line, so that it is never joined to the next one. `end` as {@link readLines} says. */
export async function cutTornTail(file: OpenFile, end: number): Promise<boolean> {
  const { size } = await file.state()
  if (size <= end) return false
  await file.truncate(end)
  return true
}
